import { RawQueryFragment } from '@mikro-orm/core';
import type { Row } from '@whodunit/core/writes';
import { columnsOf, type Entity } from './entities.js';
import type { ChangeSet, Data, Driver, Persister, Transaction } from './mikro-orm.js';
import { anyOf } from './reading.js';
import { capture, inside, type Place, seenNow, type Tools } from './tools.js';

const AS_LOADED = 'as it was when the application loaded it';

type Options = { readonly ctx?: Transaction } & Data;
type Execute = (this: Persister, changeSets: readonly ChangeSet[], ...args: unknown[]) => Promise<unknown>;

const audited = new WeakMap<Driver, Tools>();
const patched = new WeakSet<object>();

const METHODS = { executeInserts: 'create', executeUpdates: 'update', executeDeletes: 'delete' } as const;

/** Every flush persists its change sets here: what was there and what is written are in them. */
export function captureFlush(driver: Driver, persister: Persister, tools: Tools): void {
  audited.set(driver, tools);
  const prototype = Object.getPrototypeOf(persister) as Record<string, unknown>;
  if (patched.has(prototype)) return;
  patched.add(prototype);
  for (const [method, operation] of Object.entries(METHODS)) {
    const original = prototype[method] as Execute;
    prototype[method] = function (this: Persister, changeSets: readonly ChangeSet[], ...args: unknown[]) {
      const found = audited.get(this.driver);
      const [first] = changeSets;
      const run = (given = args): Promise<unknown> => Reflect.apply(original, this, [changeSets, ...given]);
      if (found === undefined || first === undefined || seenNow() !== undefined) return run();
      const at = args.findIndex((each) => typeof each === 'object' && each !== null);
      const entity = found.entities.of(first.meta);
      if (entity === 'not audited') return inside(() => run());
      const write = { changeSets, entity, operation, options: (args[at] ?? {}) as Options };
      return captureChangeSets(found, write, (options) => run(args.map((each, i) => (i === at ? options : each))));
    };
  }
}

interface Flushed {
  readonly changeSets: readonly ChangeSet[];
  readonly entity: Entity;
  readonly operation: 'create' | 'update' | 'delete';
  readonly options: Options;
}

function captureChangeSets(
  tools: Tools,
  { changeSets, entity, operation, options }: Flushed,
  run: (options: Options) => Promise<unknown>,
): Promise<unknown> {
  const { entities, reader, rereads } = tools;
  return capture(tools, entity, 'flush', options.ctx, ({ ctx, isOwn }: Place) => {
    const isTrusted = !rereads && !isOwn && changeSets.every((each) => isLoaded(each, operation));
    const originals = changeSets.map((each) => ({ ...originalOf(each) }));
    const loaded = isTrusted ? originals.map((original) => entities.row(entity, original)) : undefined;
    const schema = changeSets[0]?.schema;
    let affected = 0;
    const base = {
      operation,
      isOne: changeSets.length === 1,
      size: changeSets.length,
      async run() {
        const result = await run({ ...options, ...(ctx === undefined ? {} : { ctx }) });
        affected = seenNow()?.affected ?? 0;
        return result;
      },
    };
    if (operation === 'create')
      return {
        ...base,
        after() {
          const rows = changeSets.map(({ payload }) => entities.row(entity, payload));
          const isTold = !changeSets.some((each) => isUntold(each, true));
          return isTold ? rows : reader.again(rows, { ctx, entity, schema });
        },
      };
    const keys = changeSets.map((each) => each.getPrimaryKey(true));
    return {
      ...base,
      locks: loaded === undefined && ctx !== undefined,
      why: loaded === undefined ? undefined : AS_LOADED,
      before: () => loaded ?? reader.read({ ctx, entity, isLocked: true, schema, where: anyOf(keys) }),
      after(_: unknown, before: readonly Row[]): readonly Row[] | Promise<readonly Row[]> {
        const isTold = operation === 'update' && !changeSets.some((each) => isUntold(each, loaded !== undefined));
        if (!isTold) return reader.again(before, { ctx, entity, schema });
        return changeSets.flatMap(({ payload }, i) => {
          if (loaded !== undefined) return [entities.row(entity, { ...originals[i], ...payload })];
          const was = rowIn(before, entity, entities.row(entity, keys[i] ?? {}));
          return was === undefined ? [] : [{ ...was, ...entities.row(entity, payload) }];
        });
      },
      affected: () => affected,
    };
  });
}

function rowIn(rows: readonly Row[], { model }: Entity, key: Row): Row | undefined {
  return rows.find((row) => model.key.every((name) => String(row[name]) === String(key[name])));
}

function originalOf({ entity, originalEntity }: ChangeSet): Data {
  return originalEntity ?? entity.__helper.__originalEntityData ?? {};
}

/** All that the event will tell is known: of an update what it sets, of a delete the row. */
function isLoaded(changeSet: ChangeSet, operation: string): boolean {
  const original = originalOf(changeSet);
  if (Object.values(original).some((value) => RawQueryFragment.isKnownFragment(value as string))) return false;
  if (operation === 'update') return Object.keys(changeSet.payload).every((name) => Object.hasOwn(original, name));
  const inline = columnsOf(changeSet.meta).filter(({ embedded }) => embedded === undefined);
  return inline.every(({ name }) => Object.hasOwn(original, name));
}

/** SQL in the place of a value is known to the database alone, and a part of an embeddable is not all of it. */
function isUntold({ meta, payload }: ChangeSet, isLoadedRow: boolean): boolean {
  return Object.entries(payload).some(
    ([name, value]) =>
      RawQueryFragment.isKnownFragment(value as string) ||
      (!isLoadedRow && meta.properties[name]?.embedded !== undefined),
  );
}
