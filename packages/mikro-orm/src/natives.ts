import type { Row, Write } from '@whodunit/core/writes';
import type { Entity } from './entities.js';
import type { Data, Driver, Meta, Result, Transaction } from './mikro-orm.js';
import { anyOf } from './reading.js';
import { capture, inside, type Place, seenNow, type Tools } from './tools.js';

type Options = {
  readonly ctx?: Transaction;
  readonly schema?: string;
  readonly upsert?: boolean;
  readonly onConflictFields?: unknown;
} & Data;

type Shape = Omit<Write<unknown>, 'isolated' | 'model' | 'run' | 'unit' | 'verb'>;

/** How one verb of the driver is called, and how its rows are read. */
interface Native {
  /** Which argument is its options. */
  readonly options: number;
  write(
    tools: Tools,
    entity: Entity,
    args: readonly unknown[],
    place: Place & { readonly schema?: string | undefined },
  ): Shape;
}

const LISTS = 'A many-to-many list in the data of a native write is not seen. Set it on an entity, and flush.';

/** `em.insert`, `insertMany`, `nativeUpdate`, `nativeDelete`, `upsert` and `upsertMany`: past the unit of work. */
export function captureNatives(driver: Driver, tools: Tools): void {
  for (const [verb, native] of Object.entries(NATIVES)) {
    const original = driver[verb] as (...args: unknown[]) => Promise<Result>;
    driver[verb] = async (...args: unknown[]): Promise<unknown> => {
      const run = (given = args): Promise<Result> => Reflect.apply(original, driver, given);
      const outer = seenNow();
      if (outer !== undefined) {
        const result = await run();
        outer.affected += result?.affectedRows ?? 0;
        return result;
      }
      const entity = tools.entities.named(String(args[0]));
      if (entity === undefined || entity === 'not audited') return inside(() => run());
      const options = (args[native.options] ?? {}) as Options;
      if (hasList(entity.meta, args)) tools.writes.gap({ verb, model: entity.model.name, why: LISTS });
      return capture(tools, entity, verb, options.ctx, (place) => ({
        ...native.write(tools, entity, args, { ...place, schema: options.schema }),
        affected: (result) => (result as Result | undefined)?.affectedRows,
        run: () => run(place.isOwn ? replaced(args, native.options, { ...options, ctx: place.ctx }) : args),
      }));
    };
  }
}

const NATIVES: Readonly<Record<string, Native>> = {
  nativeInsert: {
    options: 2,
    write: (tools, entity, [, data], place) => inserted(tools, entity, [data as Data], place),
  },
  nativeInsertMany: {
    options: 2,
    write: (tools, entity, [, data], place) => inserted(tools, entity, data as Data[], place),
  },
  nativeUpdate: {
    options: 3,
    write: (tools, entity, [, where, data, options], place) =>
      (options as Options | undefined)?.upsert === true
        ? upserted(tools, entity, [where], data as Data, place)
        : changed('update', tools, entity, where, data as Data, place),
  },
  nativeUpdateMany: {
    options: 3,
    write: (tools, entity, [, where, data, options], place) => {
      const [first] = data as readonly Data[];
      return (options as Options | undefined)?.upsert === true
        ? upserted(tools, entity, where as unknown[], first, place)
        : changed('update', tools, entity, anyOf(where as unknown[]), first, place);
    },
  },
  nativeDelete: {
    options: 2,
    write: (tools, entity, [, where], place) => changed('delete', tools, entity, where, undefined, place),
  },
};

function inserted({ reader }: Tools, entity: Entity, data: readonly Data[], place: Place): Shape {
  return {
    operation: 'create',
    isOne: data.length === 1,
    size: data.length,
    after(given) {
      const { insertId, row, rows } = given as Result;
      const [key = ''] = entity.model.key;
      const column = entity.meta.properties[key]?.fieldNames?.[0] ?? key;
      const made = data.map((each, i) => {
        const known = rows?.[i]?.[column] ?? (data.length === 1 ? (row?.[column] ?? insertId) : undefined);
        return entity.model.key.length === 1 && each[key] === undefined ? { ...each, [key]: known } : each;
      });
      return reader.again(made, { ...place, entity });
    },
    summary: () => ({ set: data[0] }),
  };
}

function changed(
  operation: 'update' | 'delete',
  { reader }: Tools,
  entity: Entity,
  given: unknown,
  set: Data | undefined,
  place: Place,
): Shape {
  const where = conditionOf(entity, given);
  return {
    operation,
    locks: place.ctx !== undefined,
    before: (limit) => reader.read({ ...place, entity, where, limit, isLocked: true }),
    after: (_, before) => reader.again(before, { ...place, entity }),
    summary: () => ({ filter: where, ...(set === undefined ? {} : { set }) }),
  };
}

/** By the key or the unique properties that MikroORM has found in the data. */
function upserted(
  { reader }: Tools,
  entity: Entity,
  given: readonly unknown[],
  set: Data | undefined,
  place: Place,
): Shape {
  const where = anyOf(given.map((each) => conditionOf(entity, each)));
  const read = (isLocked: boolean): Promise<Row[]> => reader.read({ ...place, entity, where, isLocked });
  return {
    operation: 'upsert',
    isOne: given.length === 1,
    size: given.length,
    locks: place.ctx !== undefined,
    before: () => read(true),
    after: () => read(false),
    summary: () => ({ set }),
  };
}

/** A key may stand for a condition. */
function conditionOf({ model }: Entity, where: unknown): unknown {
  const [key = '', ...more] = model.key;
  if (more.length > 0 && Array.isArray(where)) return Object.fromEntries(model.key.map((name, i) => [name, where[i]]));
  const isKey = typeof where !== 'object' || where === null || where instanceof Date || ArrayBuffer.isView(where);
  return isKey ? { [key]: where } : where;
}

function hasList({ properties }: Meta, args: readonly unknown[]): boolean {
  const data = args
    .slice(1)
    .flat()
    .filter((each) => typeof each === 'object' && each !== null);
  return data.some((each) =>
    Object.entries(each as Data).some(([name, value]) => properties[name]?.kind === 'm:n' && Array.isArray(value)),
  );
}

function replaced(args: readonly unknown[], index: number, value: unknown): unknown[] {
  const copy = [...args];
  copy[index] = value;
  return copy;
}
