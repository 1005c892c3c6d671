import { type AuditEvent, describeEvent, type Sink } from '@whodunit/core';

/** A sink that shows each event as one line, and remembers what it has shown. */
export interface Screen extends Sink {
  readonly shown: readonly AuditEvent[];
}

/** Red, yellow and magenta; what went well stays plain. */
const COLORS = { success: '', failure: '\x1b[31m', denied: '\x1b[33m', unknown: '\x1b[35m' };

/** @param isTerminal colours only there */
export function screen(print: (text: string) => void, isTerminal: boolean): Screen {
  const shown: AuditEvent[] = [];
  return {
    name: 'screen',
    idempotent: false,
    shown,
    async write(events) {
      for (const event of events) {
        const color = isTerminal ? COLORS[event.outcome] : '';
        print(`${color}${describeEvent(event)}${color && '\x1b[0m'}\n`);
        shown.push(event);
      }
    },
  };
}
