import type { JsonValue } from '../../model/event.js';
import { pointerOf } from './pointer.js';
import { type Absence, absenceOf, isList, plainName, type Stored } from './stored.js';

/** A value as an application knows it: names as they are, and no marker anywhere. */
export interface Plain {
  /** Without what is not there; `undefined` when nothing is left. */
  readonly value: JsonValue | undefined;
  /** What is not there, by its place. */
  readonly absent: readonly { readonly path: string; readonly absence: Absence }[];
}

/**
 * Takes markers out, and says where they stood. A member that is not there is left out; a list with an item that is not
 * there is left out whole, as its other items would move.
 */
export function plainOf(stored: Stored | undefined, at: readonly string[] = []): Plain {
  const absent: { path: string; absence: Absence }[] = [];
  const value = stored === undefined ? undefined : without(stored, [...at], absent);
  return { value, absent };
}

function without(stored: Stored, at: string[], absent: { path: string; absence: Absence }[]): JsonValue | undefined {
  const absence = absenceOf(stored);
  if (absence !== undefined) {
    absent.push({ path: pointerOf(at), absence });
    return undefined;
  }
  if (typeof stored !== 'object' || stored === null) return stored;
  const inside = (name: string, held: Stored): JsonValue | undefined => {
    at.push(name);
    const value = without(held, at, absent);
    at.pop();
    return value;
  };
  if (isList(stored)) {
    const items = stored.map((item, i) => inside(String(i), item));
    return items.includes(undefined) ? undefined : Object.freeze(items as JsonValue[]);
  }
  const members: [string, JsonValue][] = [];
  for (const [name, held] of Object.entries(stored as { readonly [name: string]: Stored })) {
    const value = inside(plainName(name), held);
    if (value !== undefined) members.push([plainName(name), value]);
  }
  return Object.freeze(Object.fromEntries(members));
}
