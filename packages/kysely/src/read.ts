import type { CompiledQuery, Executor, Node, WhereNode, WriteNode } from './kysely.js';
import { allOf } from './statement.js';
import { type TableUse, tableNamed } from './table.js';

/** What is locked in a transaction: as much as the write itself will lock, and no more. */
export type Lock = 'ForNoKeyUpdate' | 'ForUpdate';

/** Selects the rows that a write will find, by its own tables and filter. */
export function selectBefore(
  executor: Executor,
  query: CompiledQuery,
  use: TableUse,
  more: { readonly limit: number; readonly lock: Lock | undefined; readonly where?: WhereNode | undefined },
): CompiledQuery {
  const node = query.query as WriteNode;
  // Of an update `from` are the others; of a delete it is the table, and the others are `using`.
  const others = node.kind === 'UpdateQueryNode' ? node.from?.froms : node.using?.tables;
  const isInsert = node.kind === 'InsertQueryNode';
  const select = {
    kind: 'SelectQueryNode',
    from: { kind: 'FromNode', froms: [use.node, ...(isInsert ? [] : (others ?? []))] },
    selections: [allOf(use)],
    ...(!isInsert && node.joins && { joins: node.joins }),
    ...(!isInsert && node.with && { with: node.with }),
    where: more.where ?? node.where,
    limit: { kind: 'LimitNode', limit: { kind: 'ValueNode', value: more.limit, immediate: true } },
    ...(more.lock && { endModifiers: [lockOf(more.lock, use)] }),
  };
  return executor.compileQuery(select, query.queryId);
}

/** `for update of` takes names without a schema. */
function lockOf(modifier: Lock, { reference }: TableUse): Node {
  const of = [tableNamed(reference.table.identifier.name)];
  return { kind: 'SelectModifierNode', modifier, of } as Node;
}

/** The rows that an insert will meet, by the values of its conflict target: `none`, or `unknown` when SQL makes them. */
export function conflictOf({ columns, onConflict, values }: WriteNode): WhereNode | 'none' | 'unknown' {
  const targets = onConflict?.columns ?? [];
  const rows = values as { kind: string; values: readonly { kind: string; values: readonly unknown[] }[] } | undefined;
  if (targets.length === 0 || rows?.kind !== 'ValuesNode') return 'unknown';
  const places = targets.map(({ column }) => columns?.findIndex((other) => other.column.name === column.name) ?? -1);
  const found: unknown[][] = [];
  for (const { kind, values: items } of rows.values) {
    const tuple = places.map((at) =>
      kind === 'PrimitiveValueListNode' ? (items[at] ?? ABSENT) : valueOfNode(items[at]),
    );
    if (tuple.includes(SQL)) return 'unknown';
    // What is null or left to a default meets nothing.
    if (!tuple.includes(ABSENT)) found.push(tuple);
  }
  if (found.length === 0) return 'none';
  const parameters = [...targets, ...found.flat().map((value) => ({ kind: 'ValueNode', value }))];
  const sqlFragments = ['(', ...targets.slice(1).map(() => ', ')];
  for (const [i, tuple] of found.entries())
    for (const at of tuple.keys()) sqlFragments.push(at > 0 ? ', ' : i > 0 ? '), (' : ') in ((');
  sqlFragments.push('))');
  return { kind: 'WhereNode', where: { kind: 'RawNode', sqlFragments, parameters } as Node };
}

const SQL = Symbol('made by SQL');
const ABSENT = Symbol('absent');

function valueOfNode(item: unknown): unknown {
  const node = item as (Node & { value?: unknown }) | undefined;
  if (node === undefined || node.kind === 'DefaultInsertValueNode') return ABSENT;
  return node.kind === 'ValueNode' ? (node.value ?? ABSENT) : SQL;
}
