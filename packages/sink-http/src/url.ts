import { isIP } from 'node:net';
import { AuditError } from '@whodunit/core';
import { type AddressGuard, isLoopback } from './address.js';

/** @throws AuditError `AUDIT_OPTION_INVALID`, without the URL: user, path and query are often the secret */
export function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw invalid('must be an absolute https: URL. Check it; it is not shown here, as it may hold a secret.');
}

/** The host for DNS and sockets. `URL` has already made one spelling of all spellings of an address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/**
 * Refuses a URL that names a forbidden address or would send events readable, and returns the guard for what its host
 * will resolve to. Plain HTTP to this machine is harmless, as long as the host then truly is this machine.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function guardUrl(url: URL, permits: AddressGuard, allowPlainHttp: boolean): AddressGuard {
  const host = hostOf(url);
  const isAddress = isIP(host) !== 0;
  const isPlain = url.protocol === 'http:' && !allowPlainHttp;
  if (isPlain && !(isAddress ? isLoopback(host) : /^(.+\.)?localhost\.?$/.test(host))) {
    throw invalid('must be an https: URL: events would travel readable. Use https:, or set `allowPlainHttp: true`.');
  }
  if (isAddress && !permits(host, host)) {
    throw invalid(`names ${host}, which is not a public address. Correct it, or use \`allowPrivateAddresses\`.`);
  }
  return isPlain ? (name, address) => isLoopback(address) && permits(name, address) : permits;
}

/** User and password of the URL as an `authorization` header, if it has any. */
export function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  } catch {
    throw invalid('has a user or password with a broken % escape. Encode both with encodeURIComponent.');
  }
}

function invalid(problem: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `httpSink: \`url\` ${problem}`);
}
