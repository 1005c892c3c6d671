import type { Row } from '@whodunit/core/writes';
import type { Entities, Entity } from './entities.js';
import type { Data, Driver, Transaction } from './mikro-orm.js';

const PESSIMISTIC_WRITE = 4;

/** Which rows to read, and how. */
export interface Wanted {
  readonly entity: Entity;
  readonly where: unknown;
  readonly ctx: Transaction | undefined;
  readonly schema?: string | undefined;
  readonly limit?: number | undefined;
  readonly isLocked?: boolean | undefined;
}

/** Reads rows on the connection of the write, all columns of them, past filters and the identity map. */
export function reader(driver: Driver, entities: Entities) {
  const read = async ({ ctx, entity, isLocked, limit, schema, where }: Wanted): Promise<Row[]> => {
    const query = driver.createQueryBuilder(entity.meta.className, ctx, 'write').select('*').where(where);
    if (schema !== undefined) query.withSchema(schema);
    if (limit !== undefined) query.limit(limit);
    if (isLocked === true && ctx !== undefined) query.setLockMode(PESSIMISTIC_WRITE);
    const rows = (await query.execute('all')) as Data[];
    return rows.map((row) => entities.row(entity, row));
  };
  return {
    read,
    /** The same rows again, by their keys. */
    async again(rows: readonly Row[], wanted: Omit<Wanted, 'where'>): Promise<Row[]> {
      const { model } = wanted.entity;
      const keys = rows.map((row) => Object.fromEntries(model.key.map((name) => [name, row[name]])));
      if (keys.some((key) => Object.values(key).some((part) => part === undefined || part === null)))
        throw new Error('The key of a row is not known.');
      return keys.length === 0 ? [] : read({ ...wanted, where: anyOf(keys) });
    },
  };
}

export type Reader = ReturnType<typeof reader>;

/** Rows that have any of these values. */
export function anyOf(conditions: readonly unknown[]): unknown {
  const [first, ...more] = conditions as readonly Data[];
  const [name, ...others] = Object.keys(first ?? {});
  if (more.length === 0 || first === undefined) return first;
  const isOne = name !== undefined && others.length === 0 && !name.startsWith('$');
  return isOne && typeof first[name] !== 'object'
    ? { [name]: { $in: (conditions as readonly Data[]).map((each) => each[name]) } }
    : { $or: conditions };
}
