import { type AuditEvent, describeEvent } from '@whodunit/core';

const SHOWN = 20;

/** One line per event, oldest first, for a failure message; the last ones when there are many. */
export function describeEvents(events: readonly AuditEvent[]): string {
  if (events.length === 0) return 'Nothing was recorded. Was the auditor flushed (`await auditor.flush()`)?';
  const hidden = Math.max(0, events.length - SHOWN);
  return [
    `Recorded, oldest first (${events.length}):`,
    ...(hidden > 0 ? [`  ... ${hidden} before`] : []),
    ...events.slice(hidden).map((event) => `  ${describeEvent(event)}`),
  ].join('\n');
}
