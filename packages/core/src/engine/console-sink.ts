import type { Actor, AuditEvent, Change, JsonValue, Resource } from '../model/event.js';
import { type Sink, SinkError } from '../model/sink.js';

const UNPRINTABLE = /[^\P{C}]/gu;
const MAX_CHANGES = 5;
const MAX_VALUE = 24;

/**
 * One readable line: time, who, what, to what, for which customer, from where, what changed, how it ended. Safe for any
 * terminal. Shows old and new values where both are short and plain; secrets were taken out long before.
 */
export function describeEvent(event: AuditEvent): string {
  const parts = [
    event.time,
    who(event.actor),
    event.action,
    resource(event.resource),
    event.tenant && `in ${event.tenant.name ?? event.tenant.id}`,
    event.source?.ip && `from ${event.source.ip}`,
    changes(event),
    ending(event),
  ];
  const line = parts.filter((part) => part !== undefined && part !== '').join(' ');
  return line.replace(UNPRINTABLE, '\uFFFD').slice(0, 1_000);
}

function who({ claimed, onBehalfOf, ...actor }: Actor): string {
  const person = nameOf(actor) ?? actor.type;
  const unproven = claimed === undefined ? '' : ` (claims to be ${claimed})`;
  const other = onBehalfOf === undefined ? undefined : nameOf(onBehalfOf);
  return `${person}${unproven}${other === undefined ? '' : ` for ${other}`}`;
}

function nameOf({ email, id, name, type }: Partial<Actor>): string | undefined {
  if (email !== undefined) return email;
  const known = quoted(name) ?? id;
  return known === undefined ? undefined : `${type ?? 'user'} ${known}`;
}

/** A type without an id or a name says no more than the action. */
function resource({ id, name, type }: Partial<Resource> = {}): string | undefined {
  if (id === undefined && name === undefined) return undefined;
  return [type, id, quoted(name)].filter(Boolean).join(' ');
}

/** Of an update: a create or a delete has changed everything that there is. */
function changes({ changes: list = [], operation }: AuditEvent): string | undefined {
  if (list.length === 0 || operation === 'create' || operation === 'delete') return undefined;
  const shown = list.slice(0, MAX_CHANGES).map(change);
  const more = list.length - shown.length;
  return `(${shown.join(', ')}${more > 0 ? `, ${more} more` : ''})`;
}

function change({ new: after, old: before, path }: Change): string {
  const [from, to] = [plain(before), plain(after)];
  const isKnown = to !== undefined && (from !== undefined || before === undefined);
  return [path.slice(1), ...(isKnown ? [from, '\u2192', to] : [])].filter((part) => part !== undefined).join(' ');
}

/** Only what is short: the event itself has the rest. */
function plain(value: JsonValue | undefined): string | undefined {
  if (value === undefined || (typeof value === 'object' && value !== null)) return undefined;
  const text = JSON.stringify(value);
  return text.length > MAX_VALUE ? undefined : text;
}

/** Success is said quietly, everything else is to be seen. */
function ending({ outcome, reason }: AuditEvent): string {
  if (outcome === 'success') return 'ok';
  return `${outcome.toUpperCase()}${reason === undefined ? '' : `: ${reason.code}`}`;
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
      if (closed)
        throw new SinkError('The console sink is closed. Make a new one to write again.', {
          kind: 'gone',
          code: 'AUDIT_CLOSED',
        });
      if (events.length > 0) process.stdout.write(`${events.map(describeEvent).join('\n')}\n`);
    },
    async close() {
      closed = true;
    },
  };
}
