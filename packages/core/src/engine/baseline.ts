import { checkOptions, is } from '../model/check.js';
import { AuditError } from '../model/errors.js';
import type { BaselineCounts, BaselineOptions } from '../model/history.js';
import type { AuditQuery, AuditReader, TenantScope } from '../model/reader.js';
import { labelOf } from '../pure/json-text.js';
import { readMember } from '../pure/members.js';
import { normaliseAction } from '../pure/words.js';
import type { Engine } from './engine.js';
import { readAll, readerOf } from './history.js';
import type { Entry } from './journal.js';
import { flushAll, notTaken } from './lifecycle.js';
import { submitByHand } from './remains.js';

/** Rows that are looked up and recorded together. */
const BATCH = 100;

/** Of the journal's room, so much may be taken before the sinks are waited for. */
const SHARE = 0.25;

/** Records the state of rows that no event has told yet. */
export async function baselineOf<Row>(
  engine: Engine,
  type: string,
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: BaselineOptions<Row> = {},
): Promise<BaselineCounts> {
  checkOptions('baseline', options, { id: is.either(is.text, is.action), tenant: is.either(is.text, is.action) });
  if (typeof type !== 'string' || type === '') throw noType();
  const reader = readerOf(engine, 'baseline');
  const counts = { rows: 0, recorded: 0, known: 0, ruledOut: 0, withoutId: 0 };
  const scope = typeof options.tenant === 'string' ? { tenant: options.tenant } : { allTenants: true as const };
  let batch = new Map<string, Row>();
  const settle = async (): Promise<void> => {
    // What was recorded a moment ago must be found.
    await flushAll(engine);
    const told = await toldOf(reader, type, [...batch.keys()], scope);
    await recordAll(
      engine,
      type,
      [...batch].filter(([id]) => !told.has(id)),
      options,
      counts,
    );
    counts.known += told.size;
    batch = new Map();
  };
  for await (const row of rows) {
    counts.rows += 1;
    const id = idOf(row, options.id ?? 'id');
    if (id === undefined) counts.withoutId += 1;
    else if (batch.has(id)) counts.known += 1;
    else batch.set(id, row);
    if (batch.size >= BATCH) await settle();
  }
  if (batch.size > 0) await settle();
  return Object.freeze(counts);
}

/** Ids of which a create or a baseline tells the state. */
async function toldOf(
  reader: AuditReader,
  type: string,
  ids: readonly string[],
  scope: TenantScope,
): Promise<Set<string>> {
  const asked = new Set(ids);
  const told = new Set<string>();
  const about: AuditQuery = { resource: { type: labelOf(type), id: ids }, outcome: 'success' };
  const baselines = await readAll(reader, { ...about, action: '*.baseline' }, scope, Number.MAX_SAFE_INTEGER);
  const creates = await readAll(reader, { ...about, operation: 'create' }, scope, Number.MAX_SAFE_INTEGER);
  const whole = creates.events.filter(({ diff }) => diff?.fidelity === 'exact');
  for (const { resource } of [...baselines.events, ...whole]) {
    if (resource?.id !== undefined && asked.has(resource.id)) told.add(resource.id);
  }
  return told;
}

async function recordAll<Row>(
  engine: Engine,
  type: string,
  rows: readonly (readonly [string, Row])[],
  { tenant }: BaselineOptions<Row>,
  counts: { recorded: number; ruledOut: number },
): Promise<void> {
  const { maxBytes, maxEvents } = engine.settings.journal;
  let entries: Entry[] = [];
  const store = async (): Promise<void> => {
    await flushAll(engine);
    if (entries.some(({ lost }) => lost !== undefined)) throw lostRows();
    counts.recorded += entries.length;
    entries = [];
  };
  for (const [id, row] of rows) {
    if (engine.journal.count >= maxEvents * SHARE || engine.journal.bytes >= maxBytes * SHARE) await store();
    const customer = typeof tenant === 'function' ? tenant(row) : tenant;
    const entry = submitByHand(engine, {
      action: `${normaliseAction(type)}.baseline`,
      category: 'data',
      operation: 'read',
      severity: 'info',
      resource: { type, id },
      after: row,
      ...(customer === undefined ? {} : { tenant: customer }),
    });
    if (entry === undefined) throw notTaken(engine.counts.dropped.closed > 0);
    if (entry === 'ruled out') counts.ruledOut += 1;
    else entries.push(entry);
  }
  await store();
}

/** The id as events have it. */
function idOf<Row>(row: Row, id: string | ((row: Row) => unknown)): string | undefined {
  const found =
    typeof id === 'function' ? id(row) : typeof row === 'object' && row !== null ? readMember(row, id) : undefined;
  if (typeof found === 'object' && found !== null) return labelOf(String(found));
  return found === undefined || found === null || found === '' ? undefined : labelOf(found);
}

function noType(): AuditError {
  return new AuditError(
    'AUDIT_OPTION_INVALID',
    "baseline: the type is missing. Say whose rows they are, e.g. 'invoice'.",
  );
}

function lostRows(): AuditError {
  return new AuditError(
    'AUDIT_NOT_STORED',
    'baseline() ended with rows that a sink will never have. See auditor.stats(), mend the sink, and run it again.',
  );
}
