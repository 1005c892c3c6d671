import type { Row } from '@whodunit/core/writes';
import type { LazyCall, Transaction } from './client.js';
import type { Family } from './family.js';
import { rowOf, rowsOf } from './rows.js';
import type { Table } from './tables.js';

/** What Prisma knows of a call; it reads from it until the statement is sent, and unpacks what comes back by it. */
export interface CallParams {
  transaction?: Transaction | undefined;
  action: string;
  /** Of a chained call, `update(...).posts()`: `select`, `posts` and so on. */
  dataPath?: readonly string[];
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
  /** The rows that came back, at least with their keys. */
  readonly named: readonly Row[] | undefined;
}

/**
 * Runs a call so that all columns of its rows come back, and gives the application what it asked for and no more: what is
 * selected is widened when the statement is made, and narrowed again before Prisma or another extension sees the result.
 */
export async function execute(family: Family, table: Table, call: Call, transaction?: Transaction): Promise<Execution> {
  const params = call.__internalParams;
  const { action, argsMapper, dataPath = [], unpacker } = params;
  let isSent = false;
  let rows: readonly Row[] | undefined;
  let wider: Wider | undefined;
  const isCounted = isCountedAsRows(family, call);
  params.argsMapper = (given) => {
    const args = argsMapper?.(given) ?? given;
    if (isCounted) return { ...args, select: table.select };
    if (COUNTS.has(action)) {
      wider = undefined;
      return args;
    }
    wider = widened(family, table, args);
    return wider.args;
  };
  params.unpacker = (data) => {
    isSent = true;
    if (isCounted) {
      rows = rowsOf(table, data);
      return { count: rows.length };
    }
    if (wider !== undefined && typeof data === 'object' && data !== null) {
      rows = Array.isArray(data) ? rowsOf(table, data) : [rowOf(table, data)];
      for (const row of Array.isArray(data) ? data : [data]) for (const name of wider.hidden) delete row[name];
    }
    return behind(dataPath, unpacker?.(data) ?? data);
  };
  if (isCounted) params.action = 'createManyAndReturn';
  params.dataPath = [];
  try {
    const running = call.query(call.args);
    const result = await (transaction === undefined ? running : running.requestTransaction?.(transaction));
    const isWhole = isCounted || wider?.isWhole === true;
    return { result, isSent, rows: isWhole ? rows : undefined, named: rows };
  } finally {
    Object.assign(params, { action, argsMapper, dataPath, unpacker });
  }
}

/** What a chained call asks for, out of the row that it is chained to. */
function behind(dataPath: readonly string[], data: unknown): unknown {
  const names = dataPath.filter((_, i) => i % 2 === 1);
  return names.reduce((row, name) => (row as Record<string, unknown> | null | undefined)?.[name], data);
}

const COUNTS = new Set(['createMany', 'updateMany', 'deleteMany']);
/** Whether all columns of its rows can come back with a call. */
export function seesRows(family: Family, table: Table, { args }: Call): boolean {
  return widened(family, table, args).isWhole;
}

/** Databases whose statements give back the rows that they change. */
export const RETURNING = new Set(['postgresql', 'cockroachdb', 'sqlite']);

/** The rows of `createMany` are not known unless they come back: the same INSERT is sent, with RETURNING. */
function isCountedAsRows({ bare, isWrapped, maxRows, summarises }: Family, { args, operation }: Call): boolean {
  const { data } = args;
  if (operation !== 'createMany' || isWrapped || summarises || !RETURNING.has(bare._activeProvider)) return false;
  return !Array.isArray(data) || data.length <= maxRows;
}

/** Arguments that select more than the application does. */
interface Wider {
  readonly args: Args;
  /** What is to be taken away again. */
  readonly hidden: readonly string[];
  /** Every column is selected. */
  readonly isWhole: boolean;
}

function widened({ bare, needs }: Family, table: Table, args: Args): Wider {
  const select = args['select'] as Args | null | undefined;
  const given = args['omit'] as Args | undefined;
  const omit = { ...bare._globalOmit?.[table.delegate], ...given };
  const isHidden = (name: string): boolean => (select ? select[name] !== true : omit[name] === true);
  const names = table.columns.map(({ name }) => name);
  const needed = needs.get(table.name);
  // Where members are computed, what they need is left to Prisma: the key is enough to read the row by.
  const hidden = (needed === undefined ? names : table.key.filter((name) => !needed.has(name))).filter(isHidden);
  const isWhole = needed === undefined || !names.some(isHidden);
  const shown = Object.fromEntries(hidden.map((name) => [name, Boolean(select)]));
  if (hidden.length === 0) return { args, hidden, isWhole };
  const more = select ? { select: { ...select, ...shown } } : { omit: { ...given, ...shown } };
  return { args: { ...args, ...more }, hidden, isWhole };
}
