import { idOf, type Row, type Unit, type Write } from '@whodunit/core/writes';
import type { Transaction } from './client.js';
import { doomOf } from './doomed.js';
import { type Args, type Call, type Execution, execute, RETURNING, seesRows } from './execution.js';
import type { Family } from './family.js';
import { isolated } from './isolated.js';
import type { Nested } from './nested/nested.js';
import { type Found, findAgain, findMany, findOne, oneOf } from './reads.js';
import { rowOf } from './rows.js';
import type { Table } from './tables.js';
import { around } from './units.js';

/** Every verb of a model that writes. */
export const VERBS = {
  create: 'create',
  createMany: 'create',
  createManyAndReturn: 'create',
  update: 'update',
  updateMany: 'update',
  updateManyAndReturn: 'update',
  upsert: 'upsert',
  delete: 'delete',
  deleteMany: 'delete',
} as const satisfies Record<string, Write<unknown>['operation']>;

export type Verb = keyof typeof VERBS;

/** One call on its way, and where it runs. */
export interface Work {
  readonly family: Family;
  readonly table: Table;
  readonly model: Write<unknown>['model'];
  readonly call: Call;
  readonly verb: Verb;
  readonly nested: Nested | undefined;
  readonly transaction: Transaction | undefined;
}

/**
 * How a call is read before, run, and read after.
 *
 * @param own the transaction that was opened for it alone
 */
export function writeOf(work: Work, unitNow: () => Unit | undefined, own?: Transaction): Write<Execution> {
  const { call, family, model, table, verb } = work;
  const operation = VERBS[verb];
  const isOne = !verb.includes('Many');
  // DELETE gives its row back as it was, locked or not.
  const isTold = verb === 'delete' && seesRows(family, table, call);
  const told: Row[] = [];
  let doom: Error | undefined;
  let isLocked = isTold && RETURNING.has(family.bare._activeProvider);
  return {
    model,
    verb,
    operation,
    isOne,
    size: operation === 'create' ? sizeOf(call.args) : undefined,
    get unit() {
      return unitNow();
    },
    get locks() {
      return isLocked;
    },
    async before(limit) {
      if (isTold) return told;
      try {
        const found = await readBefore(work, limit, own);
        isLocked = found.isLocked;
        return found.rows;
      } catch (error) {
        doom = doomOf(error, own ?? work.transaction, table.name);
        if (doom === undefined) throw error;
        return [];
      }
    },
    async run() {
      if (doom !== undefined) throw doom;
      const execution = await execute(family, table, call, own);
      if (isTold) told.push(...(execution.rows ?? []));
      if (!execution.isSent && around.getStore()?.inner === 0)
        family.writes.gap({ verb, model: table.name, why: UNSENT });
      return execution;
    },
    after: (execution, before) => readAfter(work, execution, before, own),
    affected: ({ isSent, result, rows }) =>
      isSent && !isOne ? ((result as { readonly count?: number }).count ?? rows?.length) : undefined,
    summary: () => ({ filter: call.args['where'], set: operation === 'create' ? undefined : call.args['data'] }),
    isolated: (run) => isolated(work, (unit, transaction) => writeOf(work, () => unit, transaction), run),
  };
}

const UNSENT =
  'Another extension answered the call in its own way, by a client that is not audited. Extend the client by auditPrisma() before it.';

async function readBefore(work: Work, limit: number, own: Transaction | undefined): Promise<Found> {
  const { call, family, nested, table, verb } = work;
  const transaction = own ?? work.transaction;
  const { where } = call.args;
  if (VERBS[verb] === 'create') {
    await nested?.before(undefined, transaction);
    return { rows: [], isLocked: true };
  }
  const found = verb.includes('Many')
    ? await findMany(family, table, where ?? {}, transaction, limit)
    : await findOne(family, table, where, transaction);
  const [row] = found.rows;
  await nested?.before(row === undefined ? undefined : oneOf(table, row), transaction);
  return found;
}

async function readAfter(
  work: Work,
  { isSent, named, result, rows }: Execution,
  before: readonly Row[],
  own: Transaction | undefined,
): Promise<readonly Row[]> {
  const { call, family, nested, table, verb } = work;
  const transaction = own ?? work.transaction;
  const isOne = !verb.includes('Many');
  // Of those that a limit left out nothing came back.
  const isPart = call.args['limit'] !== undefined;
  if (isSent && rows !== undefined && !isPart) {
    await nested?.after(isOne ? rows[0] : undefined, transaction);
    return rows;
  }
  const isCreate = VERBS[verb] === 'create';
  const told = isOne || isCreate ? namedBy(table, named ?? (isOne ? result : call.args['data'])) : undefined;
  const known = told ?? (isCreate ? undefined : before);
  const found = isSent || !isCreate ? known && (await findAgain(family, table, known, transaction)) : [];
  if (found === undefined || (isSent && isOne && verb !== 'delete' && found.length === 0)) throw new Error(UNKNOWN);
  if (isSent) await nested?.after(isOne ? found[0] : undefined, transaction);
  return found;
}

/** Rows with as much as the application says or sees of them; `undefined` when that is not enough to find them by. */
function namedBy(table: Table, given: unknown): Row[] | undefined {
  const rows = [given].flat().map((row) => rowOf(table, row ?? {}));
  return rows.every((row) => idOf(table, row) !== undefined) ? rows : undefined;
}

const UNKNOWN = 'The call gave back no key by which its row could be read.';

function sizeOf({ data }: Args): number {
  return Array.isArray(data) ? data.length : 1;
}
