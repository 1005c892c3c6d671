import type { Operation, Resource } from '../model/event.js';
import { plainType } from './loadable.js';
import type { RowChange } from './row.js';

/**
 * The row that an event is about, of those that changed with it: by its id; by another field that the route knows it by (a
 * slug); the one that was created, for a create; the only one of its type, where nothing says which.
 */
export function rowNamed(
  rows: readonly RowChange[],
  { id, type }: Pick<Resource, 'id' | 'type'>,
  operation: Operation,
): RowChange | undefined {
  const plain = plainType(type);
  const alike = rows.filter((row) => row.bulk === undefined && plainType(row.type) === plain);
  if (alike.length === 0) return undefined;
  const [only] = alike;
  if (id === undefined) return only?.id !== undefined && alike.every((row) => row.id === only.id) ? only : undefined;
  const exact = alike.find((row) => row.id === id) ?? alike.find((row) => isKnownAs(row, id));
  if (exact !== undefined || operation !== 'create') return exact;
  const created = alike.filter((row) => row.operation === 'create');
  return created.length === 1 ? created[0] : undefined;
}

/** `/articles/:slug`: some field holds what the route calls it. */
function isKnownAs({ before, after }: RowChange, id: string): boolean {
  return [before, after].some(
    (state) =>
      state !== undefined &&
      Object.keys(state).some((name) => {
        const value = state[name];
        return value === id || (typeof value === 'number' && String(value) === id);
      }),
  );
}
