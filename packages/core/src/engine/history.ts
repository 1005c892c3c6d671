import { checkOptions, is } from '../model/check.js';
import { AuditError } from '../model/errors.js';
import type { AuditEvent } from '../model/event.js';
import type { HistoryOptions, HistoryVersion, ResourceHistory } from '../model/history.js';
import type { AuditQuery, AuditReader, TenantScope } from '../model/reader.js';
import { isQuietIn } from '../pure/fields.js';
import { scopeOf } from '../pure/find.js';
import { blameOf, blameOfAll, diffOf } from '../pure/history/compare.js';
import { foldEvents } from '../pure/history/fold.js';
import type { Folded } from '../pure/history/folded.js';
import { planOf } from '../pure/history/plan.js';
import { indexAt, stateAt } from '../pure/history/state.js';
import { labelOf } from '../pure/json-text.js';
import type { Engine } from './engine.js';
import { revertPlanOf } from './revert.js';

const MAX_EVENTS = 10_000;
const PAGE = 500;

/** Reads and puts together the history of one resource. */
export async function historyOf(
  engine: Engine,
  resource: { readonly type: string; readonly id: string },
  scope: TenantScope | undefined,
  options: HistoryOptions = {},
): Promise<ResourceHistory> {
  checkOptions('history', options, { types: is.object, maxEvents: is.integer(1, 1_000_000) });
  checkOptions('history: the resource', resource, { type: is.text, id: is.text, name: is.text, parent: is.object });
  if (resource.type === undefined || resource.id === undefined) throw noResource();
  const isIn = scopeOf(scope);
  const reader = readerOf(engine, 'history');
  const { maxEvents = MAX_EVENTS, types = {} } = options;
  const names = [resource.type, ...(Object.hasOwn(types, resource.type) ? (types[resource.type] ?? []) : [])];
  const type = names.map(labelOf);
  const query = { resource: { type, id: labelOf(resource.id) } };
  const { events, isComplete } = await readAll(reader, query, scope, maxEvents);
  // A reader that gives more than it was asked for must not leak into a history.
  const own = events.filter((event) => isIn(event) && type.includes(event.resource?.type ?? ''));
  const gaps = await gapsSince(reader, own);
  const fields = names.map((name) => engine.fields(name));
  const isQuiet = (member: string): boolean => fields.some((each) => isQuietIn(each, member));
  const folded = foldEvents([...own, ...gaps], { isComplete, isQuiet });
  const { id } = resource;
  return viewOf(folded, { id, type: resource.type }, isComplete, (target) =>
    revertPlanOf(engine, planOf(folded, own, target, isQuiet), { id, type: resource.type }),
  );
}

function noResource(): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', "history: say which resource, e.g. { type: 'invoice', id: '1001' }.");
}

/** The reader of an auditor. @throws AuditError `AUDIT_OPTION_INVALID` when it has none */
export function readerOf(engine: Engine, what: string): AuditReader {
  const { reader } = engine.settings;
  if (reader !== undefined) return reader;
  throw new AuditError(
    'AUDIT_OPTION_INVALID',
    `${what}() needs a reader. Say where events are read back from: createAuditor({ sinks, reader }).`,
  );
}

/** The events that a query finds, newest first, page by page. */
export async function readAll(
  reader: AuditReader,
  query: AuditQuery,
  scope: TenantScope | undefined,
  maxEvents: number,
): Promise<{ readonly events: AuditEvent[]; readonly isComplete: boolean }> {
  const found = new Map<string, AuditEvent>();
  let cursor: string | undefined;
  do {
    const limit = Math.min(PAGE, maxEvents - found.size);
    const page = await reader.find({ ...query, limit, ...(cursor === undefined ? {} : { cursor }) }, scope);
    const before = found.size;
    for (const event of page.events) if (typeof event === 'object' && event !== null) found.set(event.id, event);
    // A page with nothing new would come again and again.
    cursor = found.size > before ? page.next : undefined;
  } while (cursor !== undefined && found.size < maxEvents);
  return { events: [...found.values()].slice(0, maxEvents), isComplete: cursor === undefined };
}

/**
 * Where the trail says that it lost events, of whomever: its own notices have no tenant. Nothing of them is told but that
 * there were some, without which a tenant's history would be called exact and might not be.
 */
async function gapsSince(reader: AuditReader, own: readonly AuditEvent[]): Promise<readonly AuditEvent[]> {
  const times = own.map(({ time }) => (typeof time === 'string' ? Date.parse(time) : Number.NaN));
  const first = times.filter((time) => !Number.isNaN(time)).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (!Number.isFinite(first)) return [];
  const query = { action: 'audit.gap', from: new Date(first).toISOString() };
  const { events } = await readAll(reader, query, { allTenants: true }, PAGE);
  return events.filter((event) => event.action === 'audit.gap' && event.tenant === undefined);
}

function viewOf(
  folded: Folded,
  resource: ResourceHistory['resource'],
  isComplete: boolean,
  revertPlan: ResourceHistory['revertPlan'],
): ResourceHistory {
  const last = folded.versions.length - 1;
  const versions = folded.versions.map(({ event, incarnation, kind }, i): HistoryVersion => {
    const number = i + 1;
    // Made when it is asked for: of thousands of versions, few are.
    return Object.freeze({
      number,
      kind,
      event,
      incarnation,
      get status() {
        return stateAt(folded, i).status;
      },
    });
  });
  return Object.freeze({
    resource: Object.freeze(resource),
    versions: Object.freeze(versions),
    isComplete,
    at: (point) => stateAt(folded, point === undefined ? last : indexAt(folded, point)),
    diff: (from, to) => diffOf(stateAt(folded, indexAt(folded, from)), stateAt(folded, indexAt(folded, to))),
    blame(path) {
      if (path === undefined) return blameOfAll(folded, last, stateAt(folded, last).value);
      const blame = blameOf(folded, last, path);
      return blame === undefined ? [] : [blame];
    },
    revertPlan,
  } satisfies ResourceHistory);
}
