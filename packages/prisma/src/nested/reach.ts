import { idOf, type Row } from '@whodunit/core/writes';
import { delegateOf, type Transaction, within } from '../client.js';
import type { Family } from '../family.js';
import { findAgain } from '../reads.js';
import { byId, rowOf, whereOf } from '../rows.js';
import type { Relation, Table } from '../tables.js';
import type { Nodes, Plan, Targets } from './plan.js';

/** Which rows a row is joined to by a list. */
export interface Links {
  readonly table: Table;
  readonly owner: Row;
  readonly name: string;
  readonly ids: ReadonlySet<string>;
}

/** What a nested write reaches, at one time. */
export interface Reach {
  /** Rows of each model by their id. */
  readonly rows: Map<string, Map<string, Row>>;
  readonly links: Map<string, Links>;
  /** Relations with more rows than are read: which of them changed is not known. */
  readonly tooMany: Map<string, Relation>;
}

export function newReach(): Reach {
  return { rows: new Map(), links: new Map(), tooMany: new Map() };
}

/** Reads what is behind the relations of a row, one level after the other. */
export async function readNodes(
  family: Family,
  table: Table,
  where: object,
  { nodes }: Plan,
  transaction: Transaction | undefined,
  reach: Reach,
  before?: Reach,
): Promise<void> {
  if (nodes.size === 0) return;
  const select = { ...table.select, ...selectOf(family, nodes, before) };
  const call = delegateOf(family.bare, table.delegate).findUnique({ where, select });
  const row = await within(call, transaction);
  if (row !== null) collect(family, table, row as Row, nodes, reach);
}

/** Reads the rows that a write names, wherever they stand. */
export async function readTargets(
  family: Family,
  targets: Iterable<Targets>,
  transaction: Transaction | undefined,
  reach: Reach,
): Promise<void> {
  for (const { conditions, nodes, table } of targets) {
    const select = { ...table.select, ...selectOf(family, nodes) };
    const call = delegateOf(family.bare, table.delegate).findMany({ where: { OR: conditions }, select });
    for (const row of (await within(call, transaction)) as Row[]) {
      keep(reach, table, row);
      collect(family, table, row, nodes, reach);
    }
  }
}

/** Reads again what was there before and is not where it was: it went elsewhere, or is gone. */
export async function readMissing(
  family: Family,
  before: Reach,
  transaction: Transaction | undefined,
  reach: Reach,
): Promise<void> {
  for (const [name, rows] of before.rows) {
    const table = family.tables.get(name);
    if (table === undefined) continue;
    const missing = [...rows].filter(([id]) => reach.rows.get(name)?.has(id) !== true).map(([, row]) => row);
    for (const row of (await findAgain(family, table, missing, transaction)) ?? []) keep(reach, table, row);
  }
}

function selectOf(family: Family, nodes: Nodes, before?: Reach): Record<string, unknown> {
  const select: Record<string, unknown> = {};
  for (const { changesRows, conditions, isAll, nodes: deeper, relation, table } of nodes.values()) {
    const columns = changesRows ? table.select : Object.fromEntries(table.key.map((name) => [name, true]));
    const inside = { select: { ...columns, ...selectOf(family, deeper, before) } };
    if (!relation.isList) {
      select[relation.name] = inside;
      continue;
    }
    // Changed rows may not meet the condition any more by which they were found.
    const known = [...(before?.rows.get(table.name)?.values() ?? [])];
    const again = known.length === 0 ? [] : [whereOf(table, known) ?? {}];
    const where = isAll ? {} : { where: { OR: [...conditions, ...again] } };
    select[relation.name] = { ...inside, ...where, take: family.maxRows + 1 };
  }
  return select;
}

function collect(family: Family, owner: Table, row: Row, nodes: Nodes, reach: Reach): void {
  for (const { changesRows, nodes: deeper, relation, table } of nodes.values()) {
    const found = [row[relation.name]].flat().filter((each) => each !== null && each !== undefined) as Row[];
    if (found.length > family.maxRows) {
      reach.tooMany.set(`${owner.name}.${relation.name}`, relation);
      continue;
    }
    if (relation.kind === 'joined') {
      const ids = new Set(found.flatMap((each) => idOf(table, each) ?? []));
      const id = idOf(owner, row);
      reach.links.set(`${owner.name} ${id} ${relation.name}`, {
        table: owner,
        owner: rowOf(owner, row),
        name: relation.name,
        ids,
      });
    }
    for (const each of found) {
      if (changesRows) keep(reach, table, each);
      collect(family, table, each, deeper, reach);
    }
  }
}

function keep(reach: Reach, table: Table, row: Row): void {
  const rows = reach.rows.get(table.name) ?? new Map<string, Row>();
  reach.rows.set(table.name, rows);
  for (const [id, plain] of byId(table, [rowOf(table, row)])) rows.set(id, plain);
}
