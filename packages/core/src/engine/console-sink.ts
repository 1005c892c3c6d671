import type { AuditEvent } from '../model/event.js';
import type { Sink } from '../model/sink.js';

const UNPRINTABLE = /[^\P{C}]/gu;

/** One readable line: time, who, what, to what, how it ended, what changed. Safe for any terminal. */
export function describeEvent(event: AuditEvent): string {
  const who = event.actor.email ?? event.actor.name ?? event.actor.id ?? event.actor.claimed ?? event.actor.type;
  const resource = event.resource;
  const what =
    resource === undefined ? '' : ` ${[resource.type, resource.id, quoted(resource.name)].filter(Boolean).join(' ')}`;
  const tenant = event.tenant === undefined ? '' : ` in ${event.tenant.name ?? event.tenant.id}`;
  const from = event.source?.ip === undefined ? '' : ` from ${event.source.ip}`;
  const changed = event.changes?.map((change) => change.path.slice(1)).join(', ');
  const changes = changed === undefined || changed === '' ? '' : ` (${changed})`;
  const ending =
    event.outcome === 'success' ? '' : ` ${event.outcome.toUpperCase()}${event.reason ? `: ${event.reason.code}` : ''}`;
  const line = `${event.time} ${who} ${event.action}${what}${tenant}${from}${changes}${ending}`;
  return line.replace(UNPRINTABLE, '\uFFFD').slice(0, 1_000);
}

function quoted(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `"${name}"`;
}

/**
 * Prints each event as one readable line on stdout: for development and demonstrations, not for keeping.
 * Anything unprintable is replaced, and no format directive is interpreted.
 */
export function consoleSink(options: { readonly name?: string } = {}): Sink {
  let closed = false;
  return {
    name: options.name ?? 'console',
    idempotent: false,
    async write(events) {
      if (closed) throw new Error('The console sink is closed.');
      if (events.length > 0) process.stdout.write(`${events.map(describeEvent).join('\n')}\n`);
    },
    async close() {
      closed = true;
    },
  };
}
