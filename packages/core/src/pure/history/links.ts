import type { AuditEvent, Change } from '../../model/event.js';
import type { DoubtCode } from '../../model/history.js';
import { namesIn } from './pointer.js';
import { type Stored, storedOf } from './stored.js';

/** One change of an event, checked: it may come from any store. */
export interface ToldChange {
  readonly path: string;
  readonly names: readonly string[];
  readonly op: Change['op'];
  readonly old: Stored | undefined;
  readonly new: Stored | undefined;
}

/**
 * What one event says of the state of its resource:
 * - `create`, `baseline` tell the state; `update` tells what changed; `delete` ends it
 * - `attempt` did not succeed, or nobody knows, and may have changed what it names all the same
 * - `gap` says that events were lost, of whatever resource
 */
export interface Link {
  readonly kind: 'create' | 'baseline' | 'update' | 'delete' | 'attempt' | 'gap';
  readonly event: AuditEvent;
  readonly changes: readonly ToldChange[];
  /** What it leaves open: the event does not tell all that changed. */
  readonly leaves: { readonly code: DoubtCode; readonly why: string } | undefined;
  /** When it began and when it was over, milliseconds since the epoch. */
  readonly time: number;
  readonly end: number;
}

const WRITES: readonly unknown[] = ['create', 'update', 'delete', 'execute'];

/** The links of one resource, in the order of time. What says nothing of its state, or cannot be read, is none. */
export function linksOf(events: readonly AuditEvent[]): Link[] {
  const found = new Map<string, Link>();
  for (const event of events) {
    const link = linkOf(event);
    if (link !== undefined && !found.has(event.id)) found.set(event.id, link);
  }
  const links = [...found.values()];
  const told = toldBetter(links);
  return links.filter((link) => !told(link)).sort(byTime);
}

function linkOf(event: AuditEvent): Link | undefined {
  if (typeof event !== 'object' || event === null || typeof event.id !== 'string') return undefined;
  const time = typeof event.time === 'string' ? Date.parse(event.time) : Number.NaN;
  if (Number.isNaN(time) || typeof event.action !== 'string') return undefined;
  if (event.action === 'audit.gap') return gapOf(event, time);
  const { changes, isWhole } = changesOf(event.changes);
  const kind = kindOf(event, changes);
  if (kind === undefined) return undefined;
  const leaves = kind === 'delete' || kind === 'attempt' ? undefined : leftBy(event, isWhole);
  if (kind === 'update' && changes.length === 0 && leaves === undefined) return undefined;
  const duration = event.request?.durationMs;
  const end = typeof duration === 'number' && duration > 0 ? time + duration : time;
  return { kind, event, changes, leaves, time, end };
}

function kindOf(event: AuditEvent, changes: readonly ToldChange[]): Link['kind'] | undefined {
  const { action, category, operation, outcome } = event;
  const isWrite = WRITES.includes(operation);
  // What was refused did not happen.
  if (outcome === 'denied') return undefined;
  if (outcome !== 'success') return changes.length > 0 || (outcome === 'unknown' && isWrite) ? 'attempt' : undefined;
  if (operation === 'read') return action.endsWith('.baseline') ? 'baseline' : undefined;
  // Who logs in does not change the account, unless the event says so.
  if (!isWrite || (category === 'auth' && changes.length === 0)) return undefined;
  if (operation === 'create') return 'create';
  // A delete that sets something is a soft one: the resource is still there, and marked.
  if (operation === 'delete' && changes.every((change) => change.op === 'remove')) return 'delete';
  return 'update';
}

function changesOf(given: unknown): { changes: ToldChange[]; isWhole: boolean } {
  if (given === undefined) return { changes: [], isWhole: true };
  if (!Array.isArray(given)) return { changes: [], isWhole: false };
  const changes: ToldChange[] = [];
  for (const one of given as readonly (Partial<Change> | null | undefined)[]) {
    const names = typeof one === 'object' && one !== null ? namesIn(one.path) : undefined;
    if (names === undefined || one?.path === undefined) continue;
    const op = one.op === 'add' || one.op === 'remove' ? one.op : 'replace';
    changes.push({ path: one.path, names, op, old: storedOf(one.old), new: storedOf(one.new) });
  }
  return { changes, isWhole: changes.length === given.length };
}

function leftBy(event: AuditEvent, isWhole: boolean): Link['leaves'] {
  const { diff, truncated } = event;
  if (!isWhole) return { code: 'untold', why: 'some of its changes cannot be read' };
  if (Array.isArray(truncated?.fields) && truncated.fields.includes('changes'))
    return { code: 'truncated', why: 'the event was too large, and some of its changes were left out' };
  if (diff?.fidelity === 'exact') return undefined;
  const why = typeof diff?.why === 'string' ? diff.why : 'the event does not tell what changed';
  return { code: 'untold', why };
}

/** What a gap says of a resource: from when on events may be missing. */
function gapOf(event: AuditEvent, end: number): Link {
  const from = event.metadata?.['from'];
  const since = typeof from === 'string' ? Date.parse(from) : Number.NaN;
  const leaves = { code: 'events_lost', why: 'events were lost, see the event `audit.gap`' } as const;
  return { kind: 'gap', event, changes: [], leaves, time: Number.isNaN(since) ? end : Math.min(since, end), end };
}

/** What exact events of one deed tell. */
interface Better {
  /** Something that sees every change told it, not the application by hand, which may tell one thing of many. */
  isAll: boolean;
  readonly paths: Set<string>;
}

/**
 * A request's event may tell a part of what an exact event of the same request tells whole: of an ORM package, say, while
 * the request itself knows its body only. Of the two, the exact one counts.
 */
function toldBetter(links: readonly Link[]): (link: Link) => boolean {
  const deeds = new Map<string, Better>();
  for (const { changes, event, kind, leaves } of links) {
    if (leaves !== undefined || changes.length === 0 || kind === 'attempt' || kind === 'baseline') continue;
    for (const deed of [event.parent, event.request?.id]) {
      if (typeof deed !== 'string') continue;
      const better = deeds.get(deed) ?? { isAll: false, paths: new Set() };
      deeds.set(deed, better);
      better.isAll ||= event.capture?.by !== 'manual';
      for (const { path } of changes) better.paths.add(path);
    }
  }
  return ({ changes, event, kind, leaves }) => {
    if (leaves === undefined || (kind !== 'update' && kind !== 'create')) return false;
    const better = deeds.get(event.id) ?? deeds.get(event.request?.id ?? '');
    if (better === undefined) return false;
    return better.isAll || (changes.length > 0 && changes.every(({ path }) => better.paths.has(path)));
  };
}

/** By time; of one instant by place in their stream, else by id. */
function byTime(a: Link, b: Link): number {
  if (a.time !== b.time) return a.time - b.time;
  const [one, other] = [a.event.seal, b.event.seal];
  if (typeof one?.seq === 'number' && typeof other?.seq === 'number' && one.stream === other.stream)
    return one.seq - other.seq;
  return a.event.id < b.event.id ? -1 : 1;
}
