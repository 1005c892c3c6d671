import type { Write } from '@whodunit/core/writes';
import type { Values } from '../sequelize.js';
import type { Table } from '../table.js';

/** Members that every event knows for marks of deletion, by comparing what was with what is. */
const KNOWN = /^(?:(?:is_?|soft_?)?deleted|(?:deleted|trashed)_?at|deleted_?on|trashed)$/i;

/** What an update means: a paranoid model may call its mark of deletion as it likes. */
export function meaningOf(
  { columns, modelClass }: Table,
  values: Values,
): Pick<Write<unknown>, 'action'> & { readonly operation: 'delete' | 'update' } {
  const mark = modelClass._timestampAttributes['deletedAt'];
  const column = mark === undefined || KNOWN.test(mark) ? undefined : columns.get(mark);
  if (mark === undefined || column === undefined || !Object.hasOwn(values, column)) return { operation: 'update' };
  const none = modelClass.tableAttributes[mark]?.defaultValue ?? null;
  return values[column] === none ? { operation: 'update', action: 'restore' } : { operation: 'delete' };
}
