import { captureWrites, type Model, type Row, Unit, type Write, type WriteOptions } from '@whodunit/core/writes';

interface Person {
  readonly id: number;
  readonly [column: string]: unknown;
}

/** A table in memory with an ORM of four verbs, for tests of what all ORM packages share. */
export function table(options: WriteOptions = {}, name = 'Person') {
  const writes = captureWrites('orm', 'auditOrm', options);
  const model = writes.model({ name, key: ['id'] });
  const rows = new Map<number, Person>();
  const reads = { before: 0, after: 0 };
  const faults: { before?: Error; run?: Error; after?: Error } = {};

  const matching = (filter: (row: Person) => boolean): Person[] => [...rows.values()].filter(filter);
  const capture = <R>(write: Omit<Write<R>, 'model'>): Promise<R> =>
    model === undefined ? write.run() : writes.capture({ ...write, model });

  return {
    writes,
    model: model as Model,
    rows,
    reads,
    faults,
    async insert(row: Person, unit?: Unit): Promise<Person> {
      return capture({
        verb: 'insert',
        operation: 'create',
        unit,
        async run() {
          if (faults.run !== undefined) throw faults.run;
          rows.set(row.id, { ...row });
          return row;
        },
        after: (result) => [{ ...result }],
      });
    },
    async update(filter: (row: Person) => boolean, set: Row, unit?: Unit, more: Partial<Write<number>> = {}) {
      return capture<number>({
        verb: 'update',
        operation: 'update',
        unit,
        before(limit) {
          reads.before += 1;
          if (faults.before !== undefined) throw faults.before;
          return matching(filter).slice(0, limit);
        },
        async run() {
          if (faults.run !== undefined) throw faults.run;
          const found = matching(filter);
          for (const row of found) rows.set(row.id, { ...row, ...set });
          return found.length;
        },
        after(_, before) {
          reads.after += 1;
          if (faults.after !== undefined) throw faults.after;
          return before.flatMap((row) => rows.get(row['id'] as number) ?? []);
        },
        affected: (count) => count,
        summary: () => ({ filter: { some: 'filter' }, set }),
        ...more,
      });
    },
    async remove(filter: (row: Person) => boolean, unit?: Unit, more: Partial<Write<number>> = {}) {
      return capture<number>({
        verb: 'delete',
        operation: 'delete',
        unit,
        before: (limit) => matching(filter).slice(0, limit),
        async run() {
          const found = matching(filter);
          for (const row of found) rows.delete(row.id);
          return found.length;
        },
        affected: (count) => count,
        summary: () => ({ filter: { some: 'filter' } }),
        ...more,
      });
    },
    async upsert(row: Person, unit?: Unit) {
      return capture({
        verb: 'upsert',
        operation: 'upsert',
        unit,
        isOne: true,
        before: () => matching(({ id }) => id === row.id),
        async run() {
          rows.set(row.id, { ...rows.get(row.id), ...row });
          return row.id;
        },
        after: (id) => [rows.get(id) as Row],
      });
    },
  };
}

export const all = (): boolean => true;
export const byId =
  (wanted: number) =>
  ({ id }: { readonly id: number }): boolean =>
    id === wanted;
