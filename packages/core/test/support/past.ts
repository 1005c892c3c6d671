import { type AuditEvent, type Auditor, type AuditorOptions, createAuditor, type EventInput } from '@whodunit/core';
import { type MemorySink, memorySink } from '@whodunit/testing';

/** A resource with a past that was recorded through a real auditor: one minute between two events. */
export interface Past {
  readonly auditor: Auditor;
  readonly sink: MemorySink;
  /** Records an event of the resource, a minute after the one before. */
  tell(input: Partial<EventInput> & { readonly action: string }): string;
  create(after: unknown): string;
  update(before: unknown, after: unknown): string;
  remove(before: unknown): string;
}

export const START = Date.UTC(2026, 0, 5, 9, 0, 0);
export const MINUTE = 60_000;
export const ORDER = { type: 'order', id: '1001' } as const;
export const ALL = { allTenants: true } as const;

/** When the nth event of a past happened, from 0. */
export function minute(n: number): Date {
  return new Date(START + n * MINUTE);
}

export function past(options: Partial<AuditorOptions> = {}): Past {
  const sink = memorySink();
  const auditor = createAuditor({ service: 'test', sinks: [sink], reader: sink, onError: () => undefined, ...options });
  let n = 0;
  const tell: Past['tell'] = (input) => {
    const id = auditor.record({ resource: ORDER, actor: 'ada', tenant: 'acme', time: minute(n), ...input });
    n += 1;
    if (id === undefined) throw new Error('the event was not recorded');
    return id;
  };
  return {
    auditor,
    sink,
    tell,
    create: (after) => tell({ action: 'order.create', after }),
    update: (before, after) => tell({ action: 'order.update', before, after }),
    remove: (before) => tell({ action: 'order.delete', before }),
  };
}

/** The history of the order of a past, when everything is stored. */
export async function historyOf({ auditor }: Past, maxEvents?: number) {
  await auditor.flush();
  return auditor.history(ORDER, ALL, maxEvents === undefined ? {} : { maxEvents });
}

/** The same event with members replaced, as a store may have it after somebody was at it. */
export function forged(event: AuditEvent, members: Record<string, unknown>): AuditEvent {
  return { ...event, ...members } as AuditEvent;
}
