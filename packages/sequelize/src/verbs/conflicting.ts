import { anyOf } from '../reading.js';
import type { Values } from '../sequelize.js';
import type { Table } from '../table.js';

const OR = Symbol.for('or');

/**
 * Finds rows that these values would run into: by the columns of the conflict or, where the database takes any unique key
 * (MySQL), by every one of them. `undefined` when no row can be in the way.
 */
export function conflicting(table: Table, values: readonly Values[], columns: readonly string[] | undefined): unknown {
  const found = (columns === undefined ? uniqueKeysOf(table) : [columns]).flatMap((key) => {
    const known = values.filter((each) => key.every((column) => isPlain(each[column])));
    if (key.length === 0 || known.length === 0) return [];
    return [anyOf(known.map((each) => Object.fromEntries(key.map((column) => [column, each[column]]))))];
  });
  return found.length < 2 ? found[0] : { [OR]: found };
}

/** A value that is compared as it is: no NULL, which conflicts with nothing, and no SQL. */
function isPlain(value: unknown): boolean {
  return value !== undefined && value !== null && (typeof value !== 'object' || value instanceof Date);
}

function uniqueKeysOf({ columns, model, modelClass }: Table): readonly (readonly string[])[] {
  const primary = model.key.map((attribute) => columns.get(attribute) ?? attribute);
  const indexes = (modelClass._indexes ?? []).filter(({ unique }) => unique === true);
  return [primary, ...[...Object.values(modelClass.uniqueKeys ?? {}), ...indexes].map(({ fields }) => fields)];
}
