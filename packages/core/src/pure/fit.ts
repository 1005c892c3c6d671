import { type AuditEvent, type Change, MAX_EVENT_BYTES } from '../model/event.js';
import { canonicalJson } from './canonical.js';
import { CUT } from './snapshot.js';

type Step = readonly [field: string, reduce: (event: AuditEvent) => AuditEvent];

/** What goes first when an event is too large: values, then bodies and metadata, then labels and names. */
const STEPS: readonly Step[] = [
  [
    'changes.values',
    (event) =>
      withChanges(
        event,
        event.changes?.map((change) => shorten(change, 256)),
      ),
  ],
  ['metadata.values', (event) => shortenMetadata(event)],
  [
    'changes.values',
    (event) =>
      withChanges(
        event,
        event.changes?.map((change) => shorten(change, 0)),
      ),
  ],
  ['metadata', ({ metadata: _, ...event }) => event],
  ['changes', (event) => withChanges(event, event.changes?.slice(0, 100))],
  ['changes', ({ changes: _, ...event }) => event],
  ['names', stub],
];

/**
 * The leaf of an event (a zero byte and its canonical JSON) itself when it is within the limit, else that of a smaller
 * event that says what was left out. Never nothing: a stub with action, actor, resource, outcome, seal and the original
 * size always remains.
 */
export function fitLine(leaf: string): string {
  // A UTF-16 unit takes at most three bytes, so most events need not be measured.
  if (leaf.length * 3 <= MAX_EVENT_BYTES) return leaf;
  const bytes = Buffer.byteLength(leaf) - 1;
  if (bytes <= MAX_EVENT_BYTES) return leaf;
  return `\u0000${canonicalJson(smaller(JSON.parse(leaf.slice(1)) as AuditEvent, bytes))}`;
}

function smaller(event: AuditEvent, bytes: number): AuditEvent {
  const fields: string[] = [];
  let reduced = event;
  for (const [field, reduce] of STEPS) {
    reduced = reduce(reduced);
    if (!fields.includes(field)) fields.push(field);
    const marked = { ...reduced, truncated: { bytes, fields: [...fields] } };
    if (Buffer.byteLength(canonicalJson(marked)) <= MAX_EVENT_BYTES) return marked;
  }
  return { ...reduced, truncated: { bytes, fields } };
}

function withChanges(event: AuditEvent, changes: readonly Change[] | undefined): AuditEvent {
  return changes === undefined ? event : { ...event, changes };
}

function shorten(change: Change, bytes: number): Change {
  const out: { -readonly [K in keyof Change]: Change[K] } = { op: change.op, path: change.path };
  if (change.old !== undefined) out.old = JSON.stringify(change.old).length > bytes ? CUT : change.old;
  if (change.new !== undefined) out.new = JSON.stringify(change.new).length > bytes ? CUT : change.new;
  return out;
}

function shortenMetadata(event: AuditEvent): AuditEvent {
  if (event.metadata === undefined) return event;
  const members = Object.entries(event.metadata).map(([name, value]) => [
    name,
    JSON.stringify(value).length > 1024 ? CUT : value,
  ]);
  return { ...event, metadata: Object.fromEntries(members) };
}

/** Labels are at most 512 units each by now, so this is far below the limit whatever came in. */
function stub(event: AuditEvent): AuditEvent {
  const { source: _source, reason: _reason, ...rest } = event;
  return { ...rest, ...(event.reason === undefined ? {} : { reason: { code: event.reason.code } }) };
}
