import type { Node, UpdateNode, WhereNode } from './kysely.js';
import type { TableUse } from './table.js';

interface Binary extends Node {
  readonly leftOperand: Node;
  readonly operator: Node & { readonly operator?: string };
  readonly rightOperand: Node;
}

interface Reference extends Node {
  readonly column: Node & { readonly column?: { readonly name: string } };
  readonly table?: { readonly table: { readonly identifier: { readonly name: string } } };
}

/** Whether a filter leaves one row at most: it demands a value of each column of the key, and is joined by `and` alone. */
export function isByKey(where: WhereNode | undefined, key: readonly string[], use: TableUse): boolean {
  if (where === undefined || key.length === 0) return false;
  const compared = new Set<string>();
  for (const { leftOperand, operator, rightOperand } of comparisonsOf(where.where, false)) {
    const name = columnOf(leftOperand, use);
    if (operator.operator === '=' && rightOperand.kind === 'ValueNode' && name !== undefined) compared.add(name);
  }
  return key.every((name) => compared.has(name));
}

/** What a summary says of a filter: the values by the columns that they are compared with. */
export function toldFilter(where: WhereNode, use: TableUse): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { leftOperand, operator, rightOperand } of comparisonsOf(where.where, true)) {
    const { value, values: list } = rightOperand as { value?: unknown; values?: unknown };
    const name = columnOf(leftOperand, use);
    if (name !== undefined) values[name] = { [operator.operator ?? 'is compared by SQL']: value ?? list ?? 'SQL' };
  }
  return values;
}

/** What an update sets, for a summary. */
export function toldSet(updates: readonly UpdateNode[], use: TableUse): Record<string, unknown> {
  return Object.fromEntries(
    updates.map(({ column, value }) => [
      columnOf(column, use) ?? 'SQL',
      value.kind === 'ValueNode' ? (value as Node & { value: unknown }).value : 'set by SQL',
    ]),
  );
}

function* comparisonsOf(node: Node, alsoOr: boolean): Generator<Binary> {
  const { left, node: inner, right } = node as { left?: Node; right?: Node; node?: Node };
  if (node.kind === 'BinaryOperationNode') yield node as Binary;
  else if (node.kind === 'ParensNode' && inner !== undefined) yield* comparisonsOf(inner, alsoOr);
  else if ((node.kind === 'AndNode' || (alsoOr && node.kind === 'OrNode')) && left && right) {
    yield* comparisonsOf(left, alsoOr);
    yield* comparisonsOf(right, alsoOr);
  }
}

/** The name of a column of this table. */
function columnOf(node: Node, { reference }: TableUse): string | undefined {
  if (node.kind === 'ColumnNode') return (node as Reference['column']).column?.name;
  if (node.kind !== 'ReferenceNode') return undefined;
  const { column, table } = node as Reference;
  const isOwn = table === undefined || table.table.identifier.name === reference.table.identifier.name;
  return isOwn ? column.column?.name : undefined;
}
