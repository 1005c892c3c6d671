import type { DatabaseRow, Model } from '@whodunit/core/writes';

/** A change as it waits in the table. */
export interface Waiting {
  readonly tx: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly source: string;
  readonly op: 'I' | 'U' | 'D' | 'T';
  readonly old: Readonly<Record<string, unknown>> | null;
  readonly new: Readonly<Record<string, unknown>> | null;
  readonly bulk: { readonly count?: number; readonly keys?: readonly (readonly unknown[])[] } | null;
  readonly context: string | null;
}

/** Types whose JSON is not what drivers give. */
export type ColumnTypes = ReadonlyMap<string, string>;

const OPERATIONS = { I: 'create', U: 'update', D: 'delete', T: 'delete' } as const;
const VERBS = { I: 'INSERT', U: 'UPDATE', D: 'DELETE', T: 'TRUNCATE' } as const;

/** What core is told of a change. A row whose key was changed is one that went and one that came. */
export function rowOf(waiting: Waiting, model: Model, types: ColumnTypes): DatabaseRow {
  const { at, bulk, context, op, tx } = waiting;
  const shared = { model, verb: VERBS[op], context: context ?? undefined, time: at, transaction: tx };
  const [before, after] = [waiting.old, waiting.new].map((row) => plainRow(row, types));
  if (bulk !== null) {
    const ids = bulk.keys?.map((key) => key.map(String).join(':'));
    const count = bulk.count === undefined ? {} : { count: bulk.count };
    const told = { verb: VERBS[op], ...count, ...(ids === undefined ? {} : { ids }) };
    return { ...shared, operation: OPERATIONS[op], bulk: told };
  }
  if (op === 'U' && before === undefined) return { ...shared, operation: 'create', after };
  if (op === 'U' && after === undefined) return { ...shared, operation: 'delete', before };
  return { ...shared, operation: OPERATIONS[op], before, after };
}

/** Numbers of Postgres that JSON keeps, a moment as RFC 3339 has it, bytes as bytes. */
function plainRow(
  row: Readonly<Record<string, unknown>> | null,
  types: ColumnTypes,
): Readonly<Record<string, unknown>> | undefined {
  if (row === null) return undefined;
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value, types.get(name))]));
}

function plain(value: unknown, type: string | undefined): unknown {
  if (typeof value !== 'string') return value;
  switch (type) {
    case 'float4':
    case 'float8':
      return Number.isFinite(Number(value)) ? Number(value) : value;
    case 'bytea':
      return Buffer.from(value.slice(2), 'hex');
    case 'timestamptz':
      return value.replace(/(\.\d{3})\d*\+00:00$/, '$1Z').replace(/\+00:00$/, '.000Z');
    default:
      return value;
  }
}
