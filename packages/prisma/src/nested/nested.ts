import type { Row, Unit } from '@whodunit/core/writes';
import type { Transaction } from '../client.js';
import type { Family } from '../family.js';
import { oneOf } from '../reads.js';
import type { Table } from '../tables.js';
import { isEmpty, planOf } from './plan.js';
import { newReach, type Reach, readMissing, readNodes, readTargets } from './reach.js';

/** What a nested write does to rows of other models: read before and after it, and told. */
export interface Nested {
  before(where: object | undefined, transaction: Transaction | undefined): Promise<void>;
  after(row: Row | undefined, transaction: Transaction | undefined): Promise<void>;
  /** Once: what is told in a transaction of the write's own is not told again after it. */
  tell(unit: Unit | undefined): void;
}

const UNLOCKED = 'read just before the write, not locked';

/** `undefined` when the data of a write is that of its own row alone. */
export function nestedOf(family: Family, table: Table, verb: string, data: readonly unknown[]): Nested | undefined {
  const plan = planOf(family.tables, table, data);
  if (isEmpty(plan)) return undefined;
  const was = newReach();
  const is = newReach();
  let isRead = false;
  let isTold = false;
  return {
    async before(where, transaction) {
      if (where !== undefined) await readNodes(family, table, where, plan, transaction, was);
      await readTargets(family, plan.targets.values(), transaction, was);
    },
    async after(row, transaction) {
      if (row === undefined) return;
      await readNodes(family, table, oneOf(table, row), plan, transaction, is, was);
      await readMissing(family, was, transaction, is);
      isRead = true;
    },
    tell(unit) {
      if (isTold) return;
      isTold = true;
      for (const [name, { to }] of new Map([...was.tooMany, ...is.tooMany]))
        family.writes.gap({
          verb,
          model: to,
          why: `There are more rows behind ${name} than are read: which of them changed is not known. Write to ${to} itself, or raise \`bulk.maxRows\`.`,
        });
      if (!isRead) return;
      tellRows(family, verb, was, is, unit);
      tellLinks(family, verb, was, is, unit);
    },
  };
}

function tellRows(family: Family, verb: string, was: Reach, is: Reach, unit: Unit | undefined): void {
  for (const name of new Set([...was.rows.keys(), ...is.rows.keys()])) {
    const table = family.tables.get(name);
    const model = table === undefined ? undefined : family.modelOf(table);
    const isUnknown = [...was.tooMany.values(), ...is.tooMany.values()].some(({ to }) => to === name);
    if (model === undefined || isUnknown) continue;
    const before = was.rows.get(name) ?? new Map<string, Row>();
    const after = is.rows.get(name) ?? new Map<string, Row>();
    for (const id of new Set([...before.keys(), ...after.keys()])) {
      const [old, now] = [before.get(id), after.get(id)];
      const operation = old === undefined ? 'create' : now === undefined ? 'delete' : 'update';
      const why = operation === 'create' ? {} : { why: UNLOCKED };
      family.writes.tell({ model, verb, operation, unit, before: old, after: now, ...why });
    }
  }
}

function tellLinks(family: Family, verb: string, was: Reach, is: Reach, unit: Unit | undefined): void {
  for (const key of is.links.keys()) {
    const [old, now] = [was.links.get(key), is.links.get(key)];
    const model = now === undefined ? undefined : family.modelOf(now.table);
    if (now === undefined || model === undefined) continue;
    const added = [...now.ids].filter((id) => old?.ids.has(id) !== true);
    const removed = [...(old?.ids ?? [])].filter((id) => !now.ids.has(id));
    if (added.length + removed.length === 0) continue;
    const joined = { [now.name]: { added, removed } };
    const why = old === undefined ? {} : { why: UNLOCKED };
    family.writes.tell({
      model,
      verb,
      operation: 'update',
      unit,
      before: old?.owner,
      after: now.owner,
      joined,
      ...why,
    });
  }
}
