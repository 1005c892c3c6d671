import { hash } from 'node:crypto';

/** `prev` of the first event of a stream: 32 zero bytes in base64. */
export const FIRST_PREV = Buffer.alloc(32).toString('base64');

/** RFC 6962 leaf hash, in base64: SHA-256 of a zero byte and an event's canonical JSON, which are one text here. */
export function leafHash(leaf: string): string {
  return hash('sha256', leaf, 'base64');
}
