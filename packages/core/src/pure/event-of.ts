import type { AuditEvent } from '../model/event.js';
import { keepLine } from './canonical.js';

/**
 * The event that a sealed line tells, frozen all the way down; `eventLine` gives the very line back. Made for those who
 * want an object: what only stores lines never pays for it.
 */
export function eventOf(line: string): AuditEvent {
  const event = JSON.parse(line) as AuditEvent;
  keepLine(event, line);
  deepFreeze(event);
  return event;
}

function deepFreeze(value: object): void {
  Object.freeze(value);
  for (const name in value) {
    const held = (value as Readonly<Record<string, unknown>>)[name];
    if (typeof held === 'object' && held !== null) deepFreeze(held);
  }
}
