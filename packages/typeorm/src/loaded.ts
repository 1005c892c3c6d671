import { idOf } from '@whodunit/core/writes';
import type { Entity } from './entity.js';
import { missingIn, rowOfLoaded } from './rows.js';
import type { Builder, Metadata, Runner, Source } from './typeorm.js';

type Rows = Map<string, Record<string, unknown>>;

/** Rows that `save`, `softRemove` and `recover` have loaded themselves before they write, until they are written. */
const loadedBy = new WeakMap<Runner, Map<Metadata, Rows>>();

/** TypeORM tells subscribers what it has loaded; we listen on the way, so that no subscriber of ours changes what it does. */
export function keepLoaded(source: Source, runner: Runner, entityOf: (metadata: Metadata) => Entity | undefined): void {
  for (const name of ['broadcastBeforeUpdateEvent', 'broadcastBeforeSoftRemoveEvent', 'broadcastBeforeRecoverEvent']) {
    const broadcast: unknown = Reflect.get(runner.broadcaster, name);
    if (typeof broadcast !== 'function') continue;
    const listening = function (this: object, ...args: unknown[]): unknown {
      const [, metadata, , loaded] = args as [unknown, Metadata, unknown, unknown];
      if (typeof loaded === 'object' && loaded !== null) keep(source, runner, entityOf(metadata), loaded);
      return Reflect.apply(broadcast, this, args);
    };
    Object.defineProperty(runner.broadcaster, name, { value: listening, configurable: true, writable: true });
  }
}

function keep(source: Source, runner: Runner, entity: Entity | undefined, loaded: object): void {
  if (entity === undefined || isTouched(source, entity.metadata)) return;
  const row = rowOfLoaded(entity, loaded);
  const id = idOf(entity.model, row);
  if (id === undefined) return;
  const all = loadedBy.get(runner) ?? new Map<Metadata, Rows>();
  loadedBy.set(runner, all);
  const rows = all.get(entity.metadata) ?? new Map<string, Record<string, unknown>>();
  all.set(entity.metadata, rows.set(id, row));
}

/** What listens to loading may have changed what was loaded: it is no longer what is stored. */
function isTouched({ subscribers }: Source, metadata: Metadata): boolean {
  if (metadata.afterLoadListeners.length > 0) return true;
  return subscribers.some((subscriber) => {
    if (subscriber.afterLoad === undefined) return false;
    const target: unknown = subscriber.listenTo?.();
    return target === undefined || target === Object || target === metadata.target || isParent(target, metadata.target);
  });
}

function isParent(target: unknown, of: unknown): boolean {
  return typeof target === 'function' && typeof of === 'function' && of.prototype instanceof target;
}

/** The row that a builder of `save` will change, if it was loaded and tells all that will be written. Given once. */
export function takeLoaded(runner: Runner, builder: Builder, entity: Entity): Record<string, unknown> | undefined {
  const { callListeners, valuesSet, whereEntities } = builder.expressionMap;
  if (callListeners || whereEntities.length !== 1) return undefined;
  const id = idOf(entity.model, rowOfLoaded(entity, whereEntities[0]));
  const rows = loadedBy.get(runner)?.get(entity.metadata);
  if (id === undefined || rows === undefined) return undefined;
  const row = rows.get(id);
  rows.delete(id);
  if (row === undefined) return undefined;
  const isWritten = missingIn(entity, row).some(({ column }) => column.getEntityValue(valuesSet) !== undefined);
  return isWritten ? undefined : row;
}

/** What is left when a transaction ends belongs to writes that were never sent. */
export function forgetLoaded(runner: Runner): void {
  loadedBy.delete(runner);
}
