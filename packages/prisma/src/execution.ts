import type { Row } from '@whodunit/core/writes';
import type { LazyCall, Transaction } from './client.js';
import type { Family } from './family.js';
import { rowOf, rowsOf } from './rows.js';
import { namesWhereTrue, type Table } from './tables.js';

/** What Prisma knows of a call; it reads from it until the statement is sent, and unpacks what comes back by it. */
export interface CallParams {
  transaction?: Transaction | undefined;
  action: string;
  readonly dataPath?: readonly string[];
  argsMapper?: ((args: Args) => Args) | undefined;
  unpacker?: ((data: unknown) => unknown) | undefined;
}

export type Args = Readonly<Record<string, unknown>>;

/** One call of a verb of a model, as the callback of an extension gets it. */
export interface Call {
  readonly model: string;
  readonly operation: string;
  readonly args: Args;
  query(args: Args): LazyCall;
  readonly __internalParams: CallParams;
}

/** What is known of a call when it has run. */
export interface Execution {
  readonly result: unknown;
  /** Its statement was sent: no extension answered in its place. */
  readonly isSent: boolean;
  /** The rows that came back, whole; `undefined` when the verb gives none, or not all of their columns. */
  readonly rows: readonly Row[] | undefined;
}

/**
 * Runs a call so that all columns of its rows come back, and gives the application what it asked for and no more: what is
 * selected is widened when the statement is made, and narrowed again before Prisma or another extension sees the result.
 */
export async function execute(family: Family, table: Table, call: Call, transaction?: Transaction): Promise<Execution> {
  const params = call.__internalParams;
  const { action, argsMapper, unpacker } = params;
  let isSent = false;
  let rows: readonly Row[] | undefined;
  let hidden: readonly string[] | undefined = [];
  const isCounted = isCountedAsRows(family, call);
  params.argsMapper = (given) => {
    const args = argsMapper?.(given) ?? given;
    if (isCounted) return { ...args, select: table.select };
    if (COUNTS.has(action) || (params.dataPath ?? []).length > 0) {
      hidden = undefined;
      return args;
    }
    const wider = widened(family, table, args);
    hidden = wider?.hidden;
    return wider?.args ?? args;
  };
  params.unpacker = (data) => {
    isSent = true;
    if (isCounted) {
      rows = rowsOf(table, data);
      return { count: rows.length };
    }
    if (hidden !== undefined && typeof data === 'object' && data !== null) {
      rows = Array.isArray(data) ? rowsOf(table, data) : [rowOf(table, data)];
      for (const row of Array.isArray(data) ? data : [data]) for (const name of hidden) delete row[name];
    }
    return unpacker?.(data) ?? data;
  };
  if (isCounted) params.action = 'createManyAndReturn';
  try {
    const running = call.query(call.args);
    const result = await (transaction === undefined ? running : running.requestTransaction?.(transaction));
    return { result, isSent, rows };
  } finally {
    Object.assign(params, { action, argsMapper, unpacker });
  }
}

const COUNTS = new Set(['createMany', 'updateMany', 'deleteMany']);
/** Whether all columns of its rows can come back with a call. */
export function seesRows(family: Family, table: Table, { __internalParams: { dataPath = [] }, args }: Call): boolean {
  return dataPath.length === 0 && widened(family, table, args) !== undefined;
}

/** Databases whose statements give back the rows that they change. */
export const RETURNING = new Set(['postgresql', 'cockroachdb', 'sqlite']);

/** The rows of `createMany` are not known unless they come back: the same INSERT is sent, with RETURNING. */
function isCountedAsRows({ bare, isWrapped, maxRows, summarises }: Family, { args, operation }: Call): boolean {
  const { data } = args;
  if (operation !== 'createMany' || isWrapped || summarises || !RETURNING.has(bare._activeProvider)) return false;
  return !Array.isArray(data) || data.length <= maxRows;
}

/** Arguments that select every column, and which of these are to be taken away again; `undefined` when that cannot be done. */
function widened(
  { bare, computes }: Family,
  { columns, delegate, select }: Table,
  args: Args,
): { readonly args: Args; readonly hidden: readonly string[] } | undefined {
  const names = columns.map(({ name }) => name);
  const asked = args['select'] as Args | undefined;
  if (asked !== undefined && asked !== null) {
    const hidden = names.filter((name) => asked[name] !== true);
    // A member that is computed needs others, which Prisma takes away itself, or not.
    if (hidden.length > 0 && computes) return undefined;
    return { args: { ...args, select: { ...asked, ...select } }, hidden };
  }
  const omit = { ...bare._globalOmit?.[delegate], ...(args['omit'] as Args | undefined) };
  const hidden = namesWhereTrue(omit).filter((name) => names.includes(name));
  if (hidden.length === 0) return { args, hidden };
  if (computes) return undefined;
  const shown = Object.fromEntries(hidden.map((name) => [name, false]));
  return { args: { ...args, omit: { ...(args['omit'] as Args | undefined), ...shown } }, hidden };
}
