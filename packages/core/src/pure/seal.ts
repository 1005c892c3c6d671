import { hash } from 'node:crypto';
import type { AuditEvent, Seal } from '../model/event.js';
import type { SealedLine } from '../model/sink.js';
import { canonicalJson, escapeLine } from './canonical.js';

/** `prev` of the first event of a stream: 32 zero bytes in base64. */
export const FIRST_PREV = Buffer.alloc(32).toString('base64');

/** RFC 6962 leaf hash, in base64: SHA-256 of a zero byte and an event's canonical JSON, which are one text here. */
export function leafHash(leaf: string): string {
  return hash('sha256', leaf, 'base64');
}

/** What stands for the seal of an event that waits in an outbox. */
export const NO_SEAL: Seal = Object.freeze({ prev: '', recordedAt: '', seq: 0, stream: '' });

/** A chain of events that were built elsewhere, and are sealed here. */
export class Chain {
  readonly stream: string;
  #seq = 0;
  #prev = FIRST_PREV;

  constructor(stream: string) {
    this.stream = stream;
  }

  /** Gives the event of an unsealed line the next place. */
  seal(unsealed: string, recordedAt: string): SealedLine {
    const event = JSON.parse(unsealed) as AuditEvent;
    const seal = { prev: this.#prev, recordedAt, seq: this.#seq, stream: this.stream };
    const json = canonicalJson({ ...event, seal });
    this.#seq += 1;
    this.#prev = leafHash(`\u0000${json}`);
    const line = escapeLine(json);
    return { id: event.id, time: event.time, line, bytes: Buffer.byteLength(line) };
  }
}
