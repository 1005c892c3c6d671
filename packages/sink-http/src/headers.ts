import { validateHeaderName, validateHeaderValue } from 'node:http';
import { AuditError } from '@whodunit/core';
import { type BodyFormat, CONTENT_TYPES } from './batch.js';
import { basicAuthorization } from './url.js';

/** Headers that belong to the sink. */
const OWN =
  /^(host|connection|keep-alive|transfer-encoding|content-(length|type|encoding)|expect|upgrade|te|trailer|webhook-.*)$/i;

/** The headers that every request has. */
export function headersOf(
  url: URL,
  given: Readonly<Record<string, string>>,
  body: BodyFormat,
  gzip: boolean,
): Readonly<Record<string, string>> {
  const lowerCase = Object.entries(given).map(([name, value]) => [name.toLowerCase(), value] as const);
  const headers: Record<string, string> = { 'user-agent': 'whodunit', ...Object.fromEntries(lowerCase) };
  headers['content-type'] = CONTENT_TYPES[body];
  if (gzip) headers['content-encoding'] = 'gzip';
  const basic = basicAuthorization(url);
  if (basic === undefined) return Object.freeze(headers);
  if (headers['authorization'] === undefined) return Object.freeze({ ...headers, authorization: basic });
  throw new AuditError(
    'AUDIT_OPTION_INVALID',
    'httpSink: `url` holds a user, and `headers` an `authorization`. Keep one of the two.',
  );
}

/** The check of the `headers` option. Names a header, never its value. */
export function headerRecord(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'an object of header names and values';
  for (const [index, [name, text]] of Object.entries(value).entries()) {
    if (!accepts(() => validateHeaderName(name))) return `an object whose key ${index + 1} is a header name (RFC 9110)`;
    if (OWN.test(name)) return `without \`${name}\`, which the sink sets itself`;
    if (typeof text !== 'string' || !accepts(() => validateHeaderValue(name, text))) {
      return `an object in which \`${name}\` is one line of text without control characters`;
    }
  }
  return undefined;
}

function accepts(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
