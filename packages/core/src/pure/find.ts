import { checkOptions, is } from '../model/check.js';
import { AuditError } from '../model/errors.js';
import type { AuditEvent } from '../model/event.js';
import type { AuditPage, AuditQuery, TenantScope } from '../model/reader.js';
import { pattern } from './rules.js';

const texts = is.either(is.text, is.listOf(is.text));
const CHECKS = {
  resource: is.object,
  action: texts,
  operation: texts,
  outcome: texts,
  from: instant,
  until: instant,
  limit: is.integer(1, 1_000),
  cursor: is.text,
};

/**
 * Answers a query from events that are at hand, in any order: what a reader in memory, or of a small file, is made of. Keeps
 * every clause of `AuditReader`. Costs a look at every event.
 *
 * @throws AuditError `AUDIT_READ_DENIED`, `AUDIT_QUERY_INVALID`
 */
export function findIn(events: Iterable<AuditEvent>, query: AuditQuery, scope: TenantScope | undefined): AuditPage {
  const isIn = scopeOf(scope);
  checkQuery(query);
  const { limit = 100 } = query;
  const matches = matcherOf(query);
  const after = query.cursor === undefined ? undefined : placeOf(query.cursor);
  const found = new Map<string, AuditEvent>();
  for (const event of events) {
    if (!isIn(event) || !matches(event)) continue;
    if (after !== undefined && newestFirst(after, event) >= 0) continue;
    if (!found.has(event.id)) found.set(event.id, event);
  }
  const sorted = [...found.values()].sort(newestFirst);
  const page = sorted.slice(0, limit);
  const last = page.at(-1);
  return last === undefined || sorted.length <= limit ? { events: page } : { events: page, next: cursorOf(last) };
}

/**
 * Says of an event whether a scope includes it.
 *
 * @throws AuditError `AUDIT_READ_DENIED` when there is no scope
 */
export function scopeOf(scope: TenantScope | undefined): (event: AuditEvent) => boolean {
  if (typeof scope === 'object' && scope !== null) {
    const { allTenants, tenant } = scope as { readonly allTenants?: unknown; readonly tenant?: unknown };
    if (allTenants === true && tenant === undefined) return () => true;
    if (allTenants === undefined && typeof tenant === 'string' && tenant !== '')
      return (event) => event.tenant?.id === tenant;
  }
  throw new AuditError(
    'AUDIT_READ_DENIED',
    'A read needs a scope. Pass { tenant: id }, or { allTenants: true } to whoever may see everything.',
  );
}

interface Place {
  readonly time: string;
  readonly id: string;
}

function newestFirst(a: Place, b: Place): number {
  return compare(b.time, a.time) || compare(b.id, a.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function matcherOf(query: AuditQuery): (event: AuditEvent) => boolean {
  const { action, from, operation, outcome, resource, until } = query;
  const patterns = listed(action)?.map(pattern);
  const [types, ids, operations, outcomes] = [resource?.type, resource?.id, operation, outcome].map(listed);
  // Stored times have milliseconds and a `Z`: they compare as text with one that is written so, too.
  const [first, end] = [from, until].map((time) => (time === undefined ? undefined : new Date(time).toISOString()));
  return (event) =>
    (types === undefined || types.includes(event.resource?.type ?? '')) &&
    (ids === undefined || ids.includes(event.resource?.id ?? '')) &&
    (patterns === undefined || patterns.some((fits) => fits(event.action))) &&
    (operations === undefined || operations.includes(event.operation)) &&
    (outcomes === undefined || outcomes.includes(event.outcome)) &&
    (first === undefined || event.time >= first) &&
    (end === undefined || event.time < end);
}

/** One or several are alternatives. */
function listed(wanted: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof wanted === 'string' ? [wanted] : wanted;
}

function checkQuery(query: AuditQuery): void {
  try {
    checkOptions('find', query, CHECKS);
    checkOptions('find.resource', query.resource ?? {}, { type: texts, id: texts });
  } catch (error) {
    throw new AuditError('AUDIT_QUERY_INVALID', (error as Error).message);
  }
}

function instant(value: unknown): string | undefined {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? undefined : 'an RFC 3339 time';
}

function cursorOf({ id, time }: Place): string {
  return Buffer.from(JSON.stringify([time, id])).toString('base64url');
}

function placeOf(cursor: string): Place {
  try {
    const [time, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (typeof time === 'string' && typeof id === 'string') return { time, id };
  } catch {
    // Told below.
  }
  throw new AuditError('AUDIT_QUERY_INVALID', '`cursor` is not one of this reader. Pass `next` of the page before.');
}
