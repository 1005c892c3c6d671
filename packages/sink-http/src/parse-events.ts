import type { AuditEvent } from '@whodunit/core';
import { Refusal } from './refusal.js';

const OPENING_BRACKET = 0x5b;

/**
 * The events of a verified body. Its first byte says whether it is a JSON array or NDJSON: unlike the content type, the
 * body is signed.
 */
export function parseEvents(body: Buffer): readonly AuditEvent[] {
  const values = parse(body);
  if (!Array.isArray(values) || !values.every(isEvent))
    throw new Refusal(400, 'the body holds something else than events');
  return values;
}

function parse(body: Buffer): unknown {
  const text = body.toString('utf8');
  try {
    if (body[0] === OPENING_BRACKET) return JSON.parse(text);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}

/** The sender is trusted, its version may be newer: what every event has is all that is asked for. */
function isEvent(value: unknown): value is AuditEvent {
  if (typeof value !== 'object' || value === null) return false;
  return 'id' in value && typeof value.id === 'string' && 'action' in value && typeof value.action === 'string';
}
