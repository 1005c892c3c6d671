import { hash } from 'node:crypto';

/** `prev` of the first event of a stream: 32 zero bytes in base64. */
export const FIRST_PREV = Buffer.alloc(32).toString('base64');

/** RFC 6962 leaf hash of an event's canonical JSON: SHA-256(0x00 || L), in base64. */
export function leafHash(canonical: string): string {
  return hash('sha256', `\u0000${canonical}`, 'base64');
}
