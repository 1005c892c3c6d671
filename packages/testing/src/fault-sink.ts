import { setTimeout as sleep } from 'node:timers/promises';
import { type AuditEvent, checkOptions, type Delivery, is, SinkError, type SinkErrorKind } from '@whodunit/core';
import { FAULTS, type SinkFault } from './faults.js';
import { type MemorySink, type MemorySinkOptions, memorySink } from './memory-sink.js';

/** What goes wrong, how often, and how slowly the rest goes right. Every member is optional. */
export interface FaultSinkOptions extends MemorySinkOptions {
  /** @default 'faulty' */
  readonly name?: string;
  /** What a faulty write does. Absent: writes go right until `break` is called. */
  readonly fault?: SinkFault;
  /** How many writes go wrong before the rest go right. @default every write */
  readonly times?: number;
  /** The `kind` of the errors. @default 'retryable' */
  readonly kind?: SinkErrorKind;
  /** How long the errors ask to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Ids that the store can never take: a batch that holds one is rejected whole, with kind `payload`. */
  readonly poison?: readonly string[];
  /** How long a write that goes right takes at least, in milliseconds; an aborted signal ends it. @default 0 */
  readonly delayMs?: number;
}

/** A memory sink that goes wrong on purpose. */
export interface FaultSink extends MemorySink {
  /** How many events each call of `write` was given, oldest call first. */
  readonly writes: readonly number[];
  /** From now on writes go wrong: the next `times`, or every one. @default fault 'reject' */
  break(fault?: SinkFault, times?: number): void;
  /** From now on writes go right. A write that hangs already does not come back. */
  repair(): void;
}

/**
 * A sink for testing what an application does when a store fails: a memory sink whose writes reject, throw, hang, store
 * a part, lose the receipt, are slow, or refuse certain events.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function faultSink(options: FaultSinkOptions = {}): FaultSink {
  checkOptions('faultSink', options, CHECKS);
  const { name = 'faulty', idempotent = true, kind = 'retryable', retryAfterMs, poison = [], delayMs = 0 } = options;
  const store = memorySink({ name, idempotent });
  const faulty = { name, kind, write: store.write, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  const writes: number[] = [];
  let fault = options.fault;
  let left = options.times ?? Number.POSITIVE_INFINITY;

  async function goRight(events: readonly AuditEvent[], delivery: Delivery): Promise<void> {
    // An aborted wait is not the end: the store says what an aborted write is.
    if (delayMs > 0) await sleep(delayMs, undefined, { signal: delivery.signal }).catch(() => undefined);
    if (events.some(({ id }) => poison.includes(id))) {
      throw new SinkError(`sink \`${name}\` refused an event, because the test asked for it.`, { kind: 'payload' });
    }
    await store.write(events, delivery);
  }

  return {
    ...store,
    writes,
    // Not async: an async function could not have the fault `throw`.
    write(events, delivery) {
      writes.push(events.length);
      if (fault === undefined || left <= 0) return goRight(events, delivery);
      left--;
      return FAULTS[fault](faulty, events, delivery);
    },
    break(next = 'reject', times = Number.POSITIVE_INFINITY) {
      fault = next;
      left = times;
    },
    repair() {
      fault = undefined;
    },
  };
}

const CHECKS = {
  name: is.text,
  idempotent: is.boolean,
  fault: is.oneOf(...Object.keys(FAULTS)),
  times: is.integer(0),
  kind: is.oneOf('retryable', 'endpoint', 'payload', 'gone'),
  retryAfterMs: is.integer(0),
  poison: is.listOf(is.text),
  delayMs: is.integer(0),
};
