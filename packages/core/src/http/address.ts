import { isIP } from 'node:net';
import proxyAddr from 'proxy-addr';
import type { ClientAddress } from '../model/http.js';

/** Says whether the hop at this address, this many hops away, is one of our own proxies. */
export type Trust = (address: string, hop: number) => boolean;

const MAX_HOPS = 16;
const MAX_HOP = 64;

/**
 * The client's address: the right-most hop that is not one of our own proxies (proxy-addr's rule, which is Express's).
 * With no trust it is the socket's address, whatever headers say. The claimed chain is kept apart, as claimed.
 */
export function addressOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  remoteAddress: string | undefined,
  trust: Trust | undefined,
): ClientAddress {
  const forwarded = headers['x-forwarded-for'];
  const own = remoteAddress === undefined ? undefined : socketIp(remoteAddress);
  if (forwarded === undefined) return own === undefined ? {} : { ip: own };
  const chain = claimedChain(forwarded);
  const ip =
    own === undefined || trust === undefined ? own : (behindProxies(forwarded, remoteAddress ?? '', trust) ?? own);
  return { ...(chain.length === 0 ? {} : { chain }), ...(ip === undefined ? {} : { ip }) };
}

function behindProxies(forwarded: string | string[], remoteAddress: string, trust: Trust): string | undefined {
  const socket = { remoteAddress };
  const headers = { 'x-forwarded-for': Array.isArray(forwarded) ? forwarded.join(', ') : forwarded };
  // proxy-addr reads nothing but these two members.
  const request = { headers, socket, connection: socket } as unknown as Parameters<typeof proxyAddr>[0];
  try {
    return plainIp(proxyAddr(request, trust));
  } catch {
    return undefined;
  }
}

const MAX_KEPT = 1_000;
const kept = new Map<string, string | undefined>();

/** Connections come from few addresses, again and again. */
function socketIp(address: string): string | undefined {
  const known = kept.get(address);
  if (known !== undefined) return known;
  if (kept.size >= MAX_KEPT) kept.clear();
  const plain = plainIp(address);
  kept.set(address, plain);
  return plain;
}

/** An address in one spelling: no IPv4-mapped prefix, port, brackets or zone; `undefined` for anything else. */
export function plainIp(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.length > MAX_HOP) return undefined;
  const bare = trimmed
    .replace(/^\[([^\]]*)\](?::\d{1,5})?$/, '$1')
    .replace(/%.*$/, '')
    .replace(/^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/, '$1');
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(bare)?.[1] ?? bare;
  return isIP(mapped) === 0 ? undefined : mapped.toLowerCase();
}

function claimedChain(forwarded: string | string[]): string[] {
  const text = Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
  return text
    .slice(0, MAX_HOPS * MAX_HOP)
    .split(',', MAX_HOPS)
    .map((hop) => hop.trim().slice(0, MAX_HOP))
    .filter((hop) => hop !== '');
}
