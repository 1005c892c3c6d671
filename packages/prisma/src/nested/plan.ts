import { flatWhere } from '../rows.js';
import type { Relation, Table, Tables } from '../tables.js';

/** Which rows behind a relation a write may touch. */
export interface Node {
  readonly relation: Relation;
  readonly table: Table;
  /** All of them; else those that one of the conditions finds. */
  isAll: boolean;
  readonly conditions: object[];
  /** Rows are made, changed or deleted; else only their being joined is. */
  changesRows: boolean;
  readonly nodes: Nodes;
}

export type Nodes = Map<string, Node>;

/** Rows that a write names itself, and that may not be behind any relation yet. */
export interface Targets {
  readonly table: Table;
  readonly conditions: object[];
  readonly nodes: Nodes;
}

/** What a nested write may touch besides the row itself. */
export interface Plan {
  readonly nodes: Nodes;
  readonly targets: Map<string, Targets>;
}

type Bag = Readonly<Record<string, unknown>>;

/** All relations that the data of a write goes into, however deep. */
export function planOf(tables: Tables, table: Table, data: readonly unknown[]): Plan {
  const plan: Plan = { nodes: new Map(), targets: new Map() };
  for (const each of data) visit(tables, plan, table, each, plan.nodes);
  return plan;
}

export function isEmpty({ nodes, targets }: Plan): boolean {
  return nodes.size === 0 && targets.size === 0;
}

function visit(tables: Tables, plan: Plan, table: Table, data: unknown, nodes: Nodes): void {
  if (!isBag(data)) return;
  for (const relation of table.relations.values()) {
    const verbs = data[relation.name];
    const other = tables.get(relation.to);
    if (isBag(verbs) && other !== undefined) visitRelation(tables, plan, relation, other, verbs, nodes);
  }
}

function visitRelation(tables: Tables, plan: Plan, relation: Relation, table: Table, verbs: Bag, nodes: Nodes): void {
  const has = (...names: string[]): boolean => names.some((name) => verbs[name] !== undefined);
  const each = (name: string): Bag[] => [verbs[name]].flat().filter(isBag);
  const isHolder = relation.kind === 'holds';
  // What only sets the key in the row itself shows in that row.
  if (isHolder && !has('create', 'connectOrCreate', 'update', 'upsert', 'delete')) {
    if (!relation.back.isList) for (const where of each('connect')) aimAt(tables, plan, relation, table, where);
    return;
  }
  const node = nodeOf(relation, table, nodes);
  if (has('create', 'createMany', 'connectOrCreate', 'upsert', 'set') || !relation.isList) node.isAll = true;
  if (
    relation.kind !== 'joined' ||
    has('create', 'connectOrCreate', 'update', 'updateMany', 'upsert', 'delete', 'deleteMany')
  )
    node.changesRows = true;
  const named = ['connect', 'disconnect', 'delete'].flatMap(each);
  const found = ['update', 'updateMany', 'upsert', 'connectOrCreate'].flatMap(each).map(({ where }) => where);
  for (const where of [...named, ...each('deleteMany'), ...found]) {
    const condition = flatWhere(table, where);
    if (isNarrow(condition)) node.conditions.push(condition);
    else node.isAll = true;
  }
  for (const name of ['connect', 'set']) for (const where of each(name)) aimAt(tables, plan, relation, table, where);
  for (const { where } of each('connectOrCreate')) if (isBag(where)) aimAt(tables, plan, relation, table, where);
  const made = [...each('create'), ...each('connectOrCreate').map((one) => one['create'])];
  const set = [...each('update').map((one) => one['data'] ?? one), ...each('updateMany').map((one) => one['data'])];
  const either = each('upsert').flatMap((one) => [one['create'], one['update']]);
  for (const data of [...made, ...set, ...either]) visit(tables, plan, table, data, node.nodes);
}

function nodeOf(relation: Relation, table: Table, nodes: Nodes): Node {
  const known = nodes.get(relation.name);
  const node = known ?? {
    relation,
    table,
    isAll: false,
    conditions: [],
    changesRows: false,
    nodes: new Map(),
  };
  nodes.set(relation.name, node);
  return node;
}

/** A row that will be joined to another is read before, and with it the one that it is taken from. */
function aimAt(tables: Tables, plan: Plan, relation: Relation, table: Table, where: Bag): void {
  const targets: Targets = plan.targets.get(table.name) ?? { table, conditions: [], nodes: new Map() };
  plan.targets.set(table.name, targets);
  targets.conditions.push(flatWhere(table, where));
  const back = table.relations.get(relation.back.name);
  const owner = back === undefined ? undefined : tables.get(back.to);
  if (back === undefined || owner === undefined || back.isList || relation.kind !== 'holds') return;
  const node = nodeOf(back, owner, targets.nodes);
  node.isAll = true;
  node.changesRows = true;
}

/** Whether a condition surely leaves rows out: in a list of alternatives Prisma takes an empty one for none instead of all. */
function isNarrow(condition: Bag): boolean {
  const names = Object.keys(condition).filter((name) => condition[name] !== undefined);
  return names.length > 0 && !names.some((name) => name === 'AND' || name === 'OR' || name === 'NOT');
}

function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null;
}
