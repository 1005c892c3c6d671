import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Says whether a host may be reached at an address. The address is what was resolved, not what was typed. */
export type AddressGuard = (host: string, address: string) => boolean;

/** Ranges that `true`, or the name of a host, opens up. The others open by address or CIDR alone. */
const INTERNAL = ['loopback', 'private', 'carrierGradeNat', 'uniqueLocal'];

/** Where clouds hand out credentials, when the address is not link-local anyway. Open by address alone. */
const METADATA = ['100.100.100.200', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254'];

const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

type Address = ReturnType<typeof ipaddr.parse>;
type Range = ReturnType<typeof ipaddr.parseCIDR>;

/**
 * Refuses every address that is not public (loopback, private, link-local, cloud metadata, unique-local, carrier-grade
 * NAT, NAT64, 6to4, Teredo, multicast, unspecified, reserved), in whatever spelling, unless it is allowed.
 *
 * @param allow `true` for the internal ranges, or a list of host names, addresses and CIDR ranges
 */
export function addressGuard(allow: boolean | readonly string[]): AddressGuard {
  const entries = typeof allow === 'boolean' ? [] : allow;
  const ranges = entries.map(rangeOf).filter((range) => range !== undefined);
  const hosts = new Set(entries.map((entry) => entry.toLowerCase()));
  return (host, text) => {
    if (isIP(text) === 0) return false;
    const address = ipaddr.process(text);
    if (ranges.some((range) => contains(range, address))) return true;
    if (METADATA.includes(address.toString())) return false;
    return isPublic(address) || ((allow === true || hosts.has(host)) && INTERNAL.includes(address.range()));
  };
}

/** Is this the machine itself? The one place where plain HTTP hurts nobody. */
export function isLoopback(address: string): boolean {
  return isIP(address) !== 0 && ipaddr.process(address).range() === 'loopback';
}

/** Is it a host name, an address or a CIDR range? */
export function isAllowEntry(entry: string): boolean {
  return rangeOf(entry) !== undefined || /^(?=.{1,253}$)[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(entry);
}

/** Besides the ranges that ipaddr.js names there are `::/96` and others without a name: only 2000::/3 is in use. */
function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || contains(GLOBAL_UNICAST, address);
}

function contains(range: Range, address: Address): boolean {
  return range[0].kind() === address.kind() && address.match(range);
}

function rangeOf(entry: string): Range | undefined {
  if (isIP(entry) !== 0) {
    const address = ipaddr.process(entry);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  }
  const [address, bits] = entry.split('/');
  if (address === undefined || bits === undefined || isIP(address) === 0 || !/^\d{1,3}$/.test(bits)) return undefined;
  return ipaddr.isValidCIDR(entry) ? ipaddr.parseCIDR(entry) : undefined;
}
