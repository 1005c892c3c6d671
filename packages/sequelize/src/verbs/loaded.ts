import { types } from 'node:util';
import type { Row } from '@whodunit/core/writes';
import type { Instance } from '../sequelize.js';
import { rowOf, type Table } from '../table.js';

/** Why a state before that was not read may be an older one. */
export const AS_LOADED = 'as it was when the application loaded it';

/**
 * What an instance was loaded with; `undefined` when that is not all of the row, or when it may have been changed in place:
 * an object or a list in one of `attributes` is the same before and after.
 */
export function loadedRow(table: Table, instance: Instance, attributes: Iterable<string>): Row | undefined {
  const row = rowOf(table, instance._previousDataValues);
  if (Object.keys(row).length < table.columns.size) return undefined;
  for (const name of attributes) if (isChangeable(row[name])) return undefined;
  return row;
}

function isChangeable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !types.isDate(value) && !ArrayBuffer.isView(value);
}
