import { idOf, type Row } from '@whodunit/core/writes';
import type { Entity } from './entities.js';
import type { Collection, Data, Driver, Item, Meta, Transaction } from './mikro-orm.js';
import { anyOf } from './reading.js';
import { capture, inside, type Tools } from './tools.js';

type Options = { readonly ctx?: Transaction } | undefined;
type Sync = (collections: Iterable<Collection>, options: Options) => Promise<unknown>;
/** Which are joined to which, by their ids. */
interface Pair {
  readonly owner: string;
  readonly member: string;
}

interface List {
  readonly entity: Entity;
  readonly added: Pair[];
  readonly removed: Pair[];
}

/** Lists that a flush synchronises: many-to-many by rows that join, one-to-many of which not all was loaded by updates. */
export function captureCollections(driver: Driver, tools: Tools): void {
  const original = driver['syncCollections'] as Sync;
  driver['syncCollections'] = async (given: Iterable<Collection>, options: Options) => {
    const collections = [...given];
    const ctx = options?.ctx;
    const lists = new Map<string, List>();
    for (const each of collections) if (each.property.kind === 'm:n') await note(driver, tools, lists, each, ctx);
    let run = (): Promise<unknown> => inside(() => Reflect.apply(original, driver, [given, options]));
    for (const { added, entity, removed } of lists.values()) {
      run = ofPairs(tools, entity, 'create', added, ctx, run);
      run = ofPairs(tools, entity, 'delete', removed, ctx, run);
    }
    for (const each of collections) if (each.property.kind === '1:m') run = ofChildren(tools, each, ctx, run);
    return run();
  };
}

/** What is added to a list and removed from it, told of the entity that owns the relation. */
async function note(
  driver: Driver,
  { entities }: Tools,
  lists: Map<string, List>,
  collection: Collection,
  ctx: Transaction | undefined,
): Promise<void> {
  const { owner, property } = collection;
  const isOwner = property.owner === true;
  const name = isOwner ? property.name : property.mappedBy;
  const meta = isOwner ? owner.__helper.__meta : property.targetMeta;
  const entity = meta === undefined ? 'not audited' : entities.of(meta);
  if (name === undefined || entity === 'not audited') return;
  const now = new Set(collection.getItems(false).map(idOfItem));
  const then = new Set(collection.getSnapshot()?.map(idOfItem) ?? (await joinedIn(driver, collection, ctx)));
  const join = { of: entity.model.type, owner: 'owner', member: 'member', as: name };
  const model = { ...entity.model, key: ['owner', 'member'], join };
  const kind = `${entity.meta.className} ${name}`;
  const list = lists.get(kind) ?? { entity: { ...entity, model }, added: [], removed: [] };
  lists.set(kind, list);
  const own = idOfItem(owner);
  const pair = (id: string): Pair => (isOwner ? { owner: own, member: id } : { owner: id, member: own });
  put(list.added, [...now].filter((id) => !then.has(id)).map(pair));
  put(list.removed, [...then].filter((id) => !now.has(id)).map(pair));
}

/** Both sides of a relation tell the same. */
function put(pairs: Pair[], more: readonly Pair[]): void {
  const isKnown = (pair: Pair) => pairs.some(({ member, owner }) => owner === pair.owner && member === pair.member);
  for (const pair of more) if (!isKnown(pair)) pairs.push(pair);
}

function ofPairs(
  tools: Tools,
  entity: Entity,
  operation: 'create' | 'delete',
  pairs: readonly Pair[],
  ctx: Transaction | undefined,
  run: () => Promise<unknown>,
): () => Promise<unknown> {
  if (pairs.length === 0) return run;
  const rows = pairs.map((pair) => ({ ...pair }));
  const states = operation === 'create' ? { after: () => rows } : { before: () => rows };
  return () => capture(tools, entity, 'flush', ctx, () => ({ operation, isOne: true, locks: true, run, ...states }));
}

/** A list that was set without being loaded: MikroORM empties it first. */
async function joinedIn(
  driver: Driver,
  { owner, property }: Collection,
  ctx: Transaction | undefined,
): Promise<string[]> {
  const { inverseJoinColumns = [], joinColumns = [], pivotEntity = '' } = property;
  const keys = owner.__helper.getPrimaryKeys(true);
  const where = Object.fromEntries(joinColumns.map((column, i) => [column, keys[i]]));
  const rows = await driver
    .createQueryBuilder(pivotEntity, ctx, 'write')
    .select('*')
    .where(where)
    .execute('all', false);
  return (rows as Row[]).map((row) => idOf({ key: inverseJoinColumns }, row) ?? '');
}

function ofChildren(
  tools: Tools,
  collection: Collection,
  ctx: Transaction | undefined,
  run: () => Promise<unknown>,
): () => Promise<unknown> {
  const { owner, property } = collection;
  const meta = property.targetMeta;
  const child = meta === undefined ? 'not audited' : tools.entities.of(meta);
  if (meta === undefined || child === 'not audited') return run;
  const isEmptied = collection.getSnapshot() === undefined;
  const [key] = owner.__helper.getPrimaryKeys(true);
  const items = collection.getItems(false).map((item) => keyOf(meta, item));
  const where = anyOf([...(isEmptied ? [{ [property.mappedBy ?? '']: key }] : []), ...items]);
  return () =>
    capture(tools, child, 'flush', ctx, () => ({
      operation: isEmptied && property.orphanRemoval === true ? 'delete' : 'update',
      locks: ctx !== undefined,
      before: (limit) =>
        where === undefined ? [] : tools.reader.read({ ctx, entity: child, where, limit, isLocked: true }),
      run,
      after: (_, before) => tools.reader.again(before, { ctx, entity: child }),
    }));
}

function keyOf({ primaryKeys }: Meta, item: Item): Data {
  const keys = item.__helper.getPrimaryKeys(true);
  return Object.fromEntries(primaryKeys.map((name, i) => [name, keys[i]]));
}

function idOfItem({ __helper }: Item): string {
  const keys = __helper.getPrimaryKeys(true).flat();
  const names = keys.map((_, i) => String(i));
  return idOf({ key: names }, Object.fromEntries(keys.map((key, i) => [String(i), key]))) ?? '';
}
