import type { JsonValue } from '../../model/event.js';
import { CUT } from '../snapshot.js';

/**
 * Values as events hold them: a member's name that began with `$` has one more, so that an object with a name that begins
 * with a single one is a marker: it stands for a value that is not there.
 */
export type Stored = JsonValue;

/** Why a value is not there. */
export type Absence = 'masked' | 'truncated' | 'opaque' | 'untold';

/** What stands where an event did not tell the value. Never stored. */
export const UNTOLD: Stored = Object.freeze({ $untold: true });

const MAX_DEPTH = 48;
const MAX_NODES = 50_000;

/** A frozen copy of a value from a store, which may be anything: plain JSON, bounded, whatever it was. */
export function storedOf(value: unknown): Stored | undefined {
  return value === undefined ? undefined : copy(value, { nodes: MAX_NODES }, 0);
}

function copy(value: unknown, budget: { nodes: number }, depth: number): Stored {
  budget.nodes -= 1;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : UNTOLD;
  if (typeof value !== 'object') return UNTOLD;
  if (depth >= MAX_DEPTH || budget.nodes <= 0) return CUT;
  if (Array.isArray(value)) return Object.freeze(value.map((item: unknown) => copy(item, budget, depth + 1)));
  return objectOf(Object.entries(value).map(([name, held]) => [name, copy(held, budget, depth + 1)]));
}

/** A frozen object of any names: `__proto__` is one like others. */
export function objectOf(members: Iterable<readonly [string, Stored]>): Stored {
  return Object.freeze(Object.fromEntries(members));
}

/** An object with members, and no marker. */
export function isMembers(value: Stored | undefined): value is { readonly [name: string]: Stored } {
  return typeof value === 'object' && value !== null && !isList(value) && markerIn(value) === undefined;
}

export function isList(value: Stored | undefined): value is readonly Stored[] {
  return Array.isArray(value);
}

/** What a place holds, by the name in its path. */
export function memberAt(holder: { readonly [name: string]: Stored }, name: string): Stored | undefined {
  const stored = storedName(name);
  return Object.hasOwn(holder, stored) ? holder[stored] : undefined;
}

/** The same object with one member set, or without it. */
export function withMember(
  holder: { readonly [name: string]: Stored },
  name: string,
  value: Stored | undefined,
): { readonly [name: string]: Stored } {
  const stored = storedName(name);
  // Spread and define, never assign: no name reaches a setter.
  const out = { ...holder };
  if (value === undefined) delete out[stored];
  else Object.defineProperty(out, stored, { value, enumerable: true, configurable: true, writable: true });
  return Object.freeze(out);
}

function storedName(name: string): string {
  return name.startsWith('$') ? `$${name}` : name;
}

export function plainName(stored: string): string {
  return stored.startsWith('$$') ? stored.slice(1) : stored;
}

/** Texts that stand for what JSON has no word for. */
const OPAQUE = /^\[(?:accessor|proxy|stream|opaque|invalid date|object|\d+ bytes)\]$/;

/** Why a value itself is not there; what it holds may still not be. */
export function absenceOf(value: Stored): Absence | undefined {
  if (typeof value === 'string') {
    if (value.includes('[redacted]')) return 'masked';
    return OPAQUE.test(value) ? 'opaque' : undefined;
  }
  if (typeof value !== 'object' || value === null || isList(value)) return undefined;
  const marker = markerIn(value);
  if (marker === undefined) return undefined;
  return marker === '$truncated' ? 'truncated' : marker === '$untold' ? 'untold' : 'masked';
}

function markerIn(value: { readonly [name: string]: Stored }): string | undefined {
  for (const name in value) if (name.startsWith('$') && !name.startsWith('$$')) return name;
  return undefined;
}

/** Why some part of a value is not there; `undefined` for a value that is there whole. */
export function absenceIn(value: Stored | undefined): Absence | undefined {
  if (value === undefined) return undefined;
  const own = absenceOf(value);
  if (own !== undefined || typeof value !== 'object' || value === null) return own;
  for (const held of isList(value) ? value : Object.values(value)) {
    const inside = absenceIn(held as Stored);
    if (inside !== undefined) return inside;
  }
  return undefined;
}
