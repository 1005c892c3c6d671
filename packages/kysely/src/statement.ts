import type { CompiledQuery, Connection, Executor, Node, QueryResult, RawRow, Selection, WriteNode } from './kysely.js';
import type { TableUse } from './table.js';

/** What a write gave to the application, and the rows that it changed, in the database's names. */
export interface Told {
  readonly result: QueryResult;
  /** `undefined` when they cannot be told from what the application asked for. */
  readonly rows: readonly RawRow[] | undefined;
  readonly count: number | undefined;
}

const ALL: Node = { kind: 'SelectAllNode' };
const OURS = '__whodunit_';

export async function send(connection: Connection, query: CompiledQuery): Promise<Told> {
  const result = await connection.executeQuery(query);
  const count = result.numAffectedRows;
  return { result, rows: [], count: count === undefined ? undefined : Number(count) };
}

/** Sends a write so that it returns all of the rows that it changes besides what the application asked for. */
export async function sendForRows(
  executor: Executor,
  connection: Connection,
  query: CompiledQuery,
  use: TableUse,
): Promise<Told> {
  const node = query.query as WriteNode;
  const asked = node.returning?.selections ?? [];
  if (asked.some(isAll)) {
    const result = await connection.executeQuery(query);
    const others = new Set(asked.filter((selection) => !isAll(selection)).map(nameOf));
    const rows =
      others.size === 0 ? result.rows.map((row) => ({ ...row })) : result.rows.map((row) => without(row, others));
    return { result, rows, count: rows.length };
  }
  // Two columns of one name would be one: those of the application go by other names on their way.
  const names = asked.map(nameOf);
  if (names.includes(undefined)) return { ...(await send(connection, query)), rows: undefined };
  const selections = [allOf(use), ...asked.map((selection, i) => renamed(selection, `${OURS}${i}`))];
  const wanted = { ...node, returning: { kind: 'ReturningNode', selections } };
  const result = await connection.executeQuery(executor.compileQuery(wanted, query.queryId));
  const given = asked.length === 0 ? [] : result.rows.map((row) => taken(row, names as string[]));
  return { result: { ...result, rows: given }, rows: result.rows, count: result.rows.length };
}

/** `people.*` */
export function allOf({ reference }: TableUse): Selection {
  return { kind: 'SelectionNode', selection: { kind: 'ReferenceNode', table: reference, column: ALL } as Node };
}

/** Whether the rows of a write can be had: only what has no name of its own cannot be told from the rest. */
export function canTellRows({ returning }: WriteNode): boolean {
  const asked = returning?.selections ?? [];
  return asked.some(isAll) || !asked.map(nameOf).includes(undefined);
}

function isAll({ selection }: Selection): boolean {
  return selection.kind === 'SelectAllNode';
}

interface Named {
  readonly alias?: Node & { readonly name?: string };
  readonly column?: Node & { readonly column?: { readonly name: string } };
}

function nameOf({ selection }: Selection): string | undefined {
  const { alias, column } = selection as Named;
  if (selection.kind === 'AliasNode') return alias?.kind === 'IdentifierNode' ? alias.name : undefined;
  if (selection.kind === 'ReferenceNode' && column?.kind === 'ColumnNode') return column.column?.name;
  return undefined;
}

function renamed({ selection }: Selection, name: string): Selection {
  const node = selection.kind === 'AliasNode' ? (selection as Node & { node: Node }).node : selection;
  return {
    kind: 'SelectionNode',
    selection: { kind: 'AliasNode', node, alias: { kind: 'IdentifierNode', name } } as Node,
  };
}

function taken(row: RawRow, names: readonly string[]): RawRow {
  const given: RawRow = {};
  for (const [i, name] of names.entries()) {
    given[name] = row[`${OURS}${i}`];
    delete row[`${OURS}${i}`];
  }
  return given;
}

function without(row: RawRow, names: ReadonlySet<string | undefined>): RawRow {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.has(name)));
}
