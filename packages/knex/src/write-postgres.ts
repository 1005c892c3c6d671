import { idOf, type Row, type Write } from '@whodunit/core/writes';
import type { Builder, Sent } from './knex-parts.js';
import { countOf, readBy, readOf, rowsOf } from './reads.js';
import type { Returning } from './returning.js';
import { commonOf, conflictOf, type Draft, namedIn, unread, valuesOf, withAll } from './write-draft.js';

/** What is kept of a statement for when it is sent. */
interface Notes {
  readonly returnings: WeakMap<Sent, Returning>;
  readonly failures: WeakMap<Sent, unknown>;
}

/**
 * A write to Postgres. The statement itself gives back its rows: those of inserts and deletes, and of updates from version 18
 * on both as they were and as they are. What is read before is only how many they are, unless the filter is the key.
 */
export function postgresWrite(draft: Draft, { failures, returnings }: Notes): Write<unknown> {
  const { name, operation, run, runner, sent, table, unit } = draft;
  const common = commonOf(draft);
  const noted = <T>(reading: Promise<T>): Promise<T> =>
    reading.catch((error: unknown) => {
      failures.set(sent, error);
      throw error;
    });
  const affected = (): number | undefined =>
    (sent.response as { rowCount?: number | null } | undefined)?.rowCount ?? undefined;
  if (!table.readable)
    return { ...common, run, affected, ...(operation === 'create' ? {} : { before: unread }), after: unread };
  if (sent.method === 'truncate')
    return { ...common, run, locks: unit !== undefined, before: (limit) => noted(wholeRows(draft, limit)) };

  const withOld = operation !== 'create' && operation !== 'delete' && hasOld(runner.client.version);
  const reads = operation === 'update' && !withOld;
  const finds = operation === 'upsert' && !withOld;
  const { client } = runner;
  const of = client.wrapIdentifier(name.alias, runner.builder.queryContext());
  const returning: Returning = { of, withOld, old: [], rows: [] };
  const before: Row[] = [];
  /** Nobody wants to know, or they are too many. */
  let isBlind = true;

  const look = async (limit: number): Promise<readonly Row[]> => {
    if (operation === 'create' || operation === 'upsert') {
      isBlind = (common.size ?? (await sizeOf(draft, limit))) >= limit;
      if (!finds || isBlind) return before;
      return found(draft);
    }
    if (reads) {
      const rows = await wholeRows(draft, limit);
      isBlind = rows.length >= limit;
      return rows;
    }
    isBlind = false;
    if (common.isOne) return before;
    const rows = await keysOf(draft, limit);
    isBlind = rows.length >= limit;
    return isBlind ? rows : before;
  };

  return {
    ...common,
    affected,
    locks: !(reads || finds) || (unit !== undefined && table.lockable),
    before: (limit) => noted(look(limit)),
    async run() {
      if (isBlind) return run();
      returnings.set(sent, returning);
      const result = await run();
      const { old, rows } = returning;
      const was = operation === 'delete' ? rows : old.filter((row) => row !== undefined);
      for (const row of namedIn(draft, was)) before.push(row);
      return result;
    },
    after(_, was) {
      if (isBlind) return unread();
      const rows = namedIn(draft, returning.rows);
      // Of rows without a key nobody knows which is which.
      if (reads && draft.model.key.length === 0 && rows.length > 1) return unread();
      return finds ? withUntouched(draft, rows, was) : rows;
    },
  };
}

/** `RETURNING old.*` */
function hasOld(version: string | undefined): boolean {
  return Number.parseInt(version ?? '', 10) >= 18;
}

async function wholeRows(draft: Draft, limit: number): Promise<readonly Row[]> {
  const { name, runner, table, unit } = draft;
  const locks = unit !== undefined && table.lockable;
  return namedIn(draft, await rowsOf(runner, readOf(runner.builder, name, { columns: [], limit, locks })));
}

/** Only their keys: enough to know how many they are, and which when they are too many. */
async function keysOf(draft: Draft, limit: number): Promise<readonly Row[]> {
  const { model, name, runner } = draft;
  const read = readOf(runner.builder, name, { columns: model.key, limit, locks: false });
  return namedIn(draft, await rowsOf(runner, read));
}

/** How many rows an insert takes from a query; too many when it is SQL. */
async function sizeOf({ runner }: Draft, limit: number): Promise<number> {
  const { builder, client } = runner;
  const query = builder._single.insert;
  if (typeof query !== 'object' || query === null || !('_statements' in query)) return limit;
  return (await rowsOf(runner, countOf(client, query as Builder, limit))).length;
}

/** The rows that an upsert will find there already. */
async function found(draft: Draft): Promise<readonly Row[]> {
  const { model, name, runner, table, unit } = draft;
  const { _single } = runner.builder;
  const columns = conflictOf(_single, model.key);
  if (columns === undefined) return unread();
  const rows = withAll(valuesOf(_single) ?? [], columns);
  if (rows.length === 0) return [];
  const locks = unit !== undefined && table.lockable;
  return namedIn(draft, await rowsOf(runner, readBy(runner.builder, name, columns, rows, locks)));
}

/** Rows that an upsert found and left as they were, by its own condition, are not given back. */
function withUntouched({ model }: Draft, rows: readonly Row[], before: readonly Row[]): readonly Row[] {
  const ids = new Set(rows.map((row) => idOf(model, row)));
  return [...rows, ...before.filter((row) => !ids.has(idOf(model, row)))];
}
