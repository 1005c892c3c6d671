import type { Instance, QueryOptions, Values } from '../sequelize.js';
import { rowOf, type Table } from '../table.js';

/**
 * Takes the place of an instance in a statement that returns more than the application asked for: what is stored goes into
 * it, and only what was asked for into the instance.
 */
export interface StandIn {
  readonly instance: Instance;
  /** Hands over what was asked for, and gives all that the database returned; `undefined` when that is nothing. */
  settle(): Values | undefined;
}

export function standInFor(table: Table, instance: Instance, { returning }: QueryOptions): StandIn {
  const returned: Record<string, unknown> = {};
  const { isNewRecord } = instance;
  const standIn = Object.create(instance, {
    dataValues: { value: returned, writable: true, enumerable: true },
    isNewRecord: { value: isNewRecord, writable: true, enumerable: true },
  }) as Instance;
  return {
    instance: standIn,
    settle() {
      if (standIn.isNewRecord !== isNewRecord) instance.isNewRecord = standIn.isNewRecord;
      for (const [name, value] of Object.entries(returned)) {
        const isAsked = Array.isArray(returning)
          ? returning.includes(table.columns.get(name) ?? name)
          : returning === true;
        if (isAsked) instance.dataValues[name] = value;
      }
      return Object.keys(returned).length === 0 ? undefined : rowOf(table, returned);
    },
  };
}

/** Errors of a statement name the instance that it was for. */
export function forInstance(error: unknown, { instance: standIn }: StandIn, instance: Instance): unknown {
  const items = (error as { errors?: unknown } | undefined)?.errors;
  for (const item of Array.isArray(items) ? items : []) if (item?.instance === standIn) item.instance = instance;
  return error;
}
