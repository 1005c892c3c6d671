import type { Row } from '@whodunit/core/writes';
import type { Entity } from './entities.js';
import type { Data, Driver, QueryBuilder, Result } from './mikro-orm.js';
import { anyOf } from './reading.js';
import { capture, inside, type Place, seenNow, type Tools } from './tools.js';

type Execute = (this: QueryBuilder, method?: string, options?: unknown) => Promise<unknown>;

const audited = new WeakMap<Driver, Tools>();
const patched = new WeakSet<object>();

/** What makes a select of the same rows out of a write. */
const RESET = ['type', '_data', '_returning', '_onConflict', '_fields', '_orderBy', '_query', 'flags'];

/** `em.createQueryBuilder().insert()`, `update()` and `delete()`, when they are run. */
export function captureBuilder(driver: Driver, tools: Tools, sample: QueryBuilder): void {
  audited.set(driver, tools);
  const prototype = Object.getPrototypeOf(sample) as { execute: Execute };
  if (patched.has(prototype)) return;
  patched.add(prototype);
  const { execute } = prototype;
  prototype.execute = function (method, options) {
    const run = (): Promise<unknown> => Reflect.apply(execute, this, [method, options]);
    const found = audited.get(this.driver);
    if (found === undefined || seenNow() !== undefined) return run();
    const { type } = this;
    if (type !== 'INSERT' && type !== 'UPDATE' && type !== 'DELETE') return run();
    const entity = found.entities.named(this.mainAlias.entityName);
    if (entity === 'not audited') return inside(run);
    // What cannot be read again is sent as SQL that nobody sees: it leaves a gap.
    if (entity === undefined || !isPlain(this)) return run();
    return capture(found, entity, `createQueryBuilder.${type.toLowerCase()}`, this.context, (place) => ({
      ...shapeOf(found, entity, this, place),
      run: () => (place.isOwn ? Reflect.apply(execute, inTransaction(this, place), [method, options]) : run()),
      affected: (result) => (result as Result | undefined)?.affectedRows,
    }));
  };
}

function shapeOf({ entities, reader }: Tools, entity: Entity, query: QueryBuilder, { ctx }: Place) {
  const locks = ctx !== undefined;
  const data = [query._data ?? []].flat() as readonly Data[];
  if (query.type === 'INSERT') {
    const fields = query._onConflict?.[0]?.fields;
    const where = fields === undefined ? undefined : anyOf(data.map((each) => pick(each, fields)));
    const again = (given: unknown): Promise<Row[]> => {
      const { insertId, row, rows } = given as Result;
      const made = data.map((each, i) =>
        entities.row(entity, { ...each, ...keyIn(entity, rows?.[i] ?? row, insertId) }),
      );
      return reader.again(made, { ctx, entity });
    };
    const read = (isLocked: boolean): Promise<Row[]> => reader.read({ ctx, entity, where, isLocked });
    const base = { size: data.length, isOne: data.length === 1, summary: () => ({ set: data[0] }) };
    return where === undefined
      ? { ...base, operation: 'create' as const, after: again }
      : { ...base, locks, operation: 'upsert' as const, before: () => read(true), after: () => read(false) };
  }
  return {
    operation: query.type === 'DELETE' ? ('delete' as const) : ('update' as const),
    locks,
    async before(limit: number) {
      const select = inTransaction(query.clone(RESET), { ctx }).select('*').limit(limit);
      if (locks) select.setLockMode(4);
      return ((await select.execute('all')) as Data[]).map((row) => entities.row(entity, row));
    },
    after: (_: unknown, before: readonly Row[]) => reader.again(before, { ctx, entity }),
    summary: () => ({ filter: query._cond, ...(data[0] === undefined ? {} : { set: data[0] }) }),
  };
}

/** Neither joins nor a limit, and not made into SQL yet. */
function isPlain({ _joins, _limit, finalized, type }: QueryBuilder): boolean {
  return type === 'INSERT' || (!finalized && _limit === undefined && Object.keys(_joins).length === 0);
}

function inTransaction(query: QueryBuilder, { ctx }: Pick<Place, 'ctx'>): QueryBuilder {
  return Object.assign(query, { context: ctx });
}

function keyIn({ meta, model }: Entity, row: Data | undefined, insertId: unknown): Data {
  const [key = '', ...more] = model.key;
  if (more.length > 0) return {};
  const value = row?.[meta.properties[key]?.fieldNames?.[0] ?? key] ?? insertId;
  return value === undefined || value === null || value === 0 ? {} : { [key]: value };
}

function pick(data: Data, names: readonly string[]): Data {
  return Object.fromEntries(names.map((name) => [name, data[name]]));
}
