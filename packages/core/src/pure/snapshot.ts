import { types } from 'node:util';
import type { JsonValue } from '../model/event.js';
import { inheritsPipe, objectIdHex } from './kinds.js';
import { readMember, readOwn } from './members.js';
import { type PathNode, stepInto } from './redact/paths.js';
import { REDACTED, type Redactor } from './redact/redactor.js';
import { cleanText } from './redact/text.js';

/** Bounds of one walk over a value that anybody may have made. */
export const LIMITS = { depth: 24, nodes: 4_000, text: 16_384, keys: 256 } as const;

/** What stands where the walk stopped. */
export const CUT: { readonly $truncated: true } = Object.freeze({ $truncated: true });

/** State of one walk; several walks may share one budget. */
export interface Walk {
  readonly redactor: Redactor;
  nodes: number;
  /** Something was left out because a bound was reached. */
  cut: boolean;
  /** A member (an array index as a name, say) would not be written in canonical order by JSON.stringify. */
  unordered: boolean;
}

export function newWalk(redactor: Redactor): Walk {
  return { redactor, nodes: LIMITS.nodes, cut: false, unordered: false };
}

/**
 * A plain, redacted JSON copy of any value, members in canonical order (RFC 8785). Nothing of the value is executed or
 * changed: accessors, toJSON, iterators and proxy traps are not called. `undefined` when JSON has no word for it.
 */
export function snapshot(
  value: unknown,
  walk: Walk,
  path: PathNode | undefined = walk.redactor.paths,
): JsonValue | undefined {
  return copy(value, walk, path, 0);
}

/** A plain object or an instance of the application's own classes: what has members worth looking at. */
export function isMembered(value: object): boolean {
  return !Array.isArray(value) && !types.isProxy(value) && special(value) === undefined;
}

/** Text as it may be stored: secrets out, bounded, and nothing that JSON text or jsonb cannot hold. */
export function safeText(text: string, walk?: Walk): string {
  let safe = text;
  if (safe.length > LIMITS.text) {
    safe = safe.slice(0, LIMITS.text);
    if (walk !== undefined) walk.cut = true;
  }
  if (!safe.isWellFormed()) safe = safe.toWellFormed();
  // jsonb refuses U+0000: it stays visible as an escape.
  if (safe.includes('\u0000')) safe = safe.replaceAll('\u0000', '\\u0000');
  return cleanText(safe);
}

function copy(value: unknown, walk: Walk, path: PathNode | undefined, depth: number): JsonValue | undefined {
  switch (typeof value) {
    case 'string':
      return safeText(value, walk);
    case 'number':
      // JSON has no -0, NaN or infinity.
      return Number.isFinite(value) ? value + 0 : String(value);
    case 'boolean':
      return value;
    case 'bigint':
      return value.toString();
    case 'object':
      return value === null ? null : copyObject(value, walk, path, depth);
    default:
      return undefined;
  }
}

function copyObject(value: object, walk: Walk, path: PathNode | undefined, depth: number): JsonValue {
  // Our own markers, of an earlier walk: nobody else can have these very objects.
  if (value === REDACTED || value === CUT) return value as JsonValue;
  // A circle ends here too: it is nothing but great depth.
  if (depth >= LIMITS.depth || walk.nodes <= 0) {
    walk.cut = true;
    return CUT;
  }
  walk.nodes -= 1;
  if (types.isProxy(value)) return '[proxy]';
  if (Array.isArray(value)) return copyArray(value, walk, path, depth);
  // Each writer is for exactly the type that `special` has just seen.
  return special(value)?.(value as never, walk, path, depth) ?? copyMembers(value, walk, path, depth);
}

function copyArray(value: readonly unknown[], walk: Walk, path: PathNode | undefined, depth: number): JsonValue {
  const out: JsonValue[] = [];
  for (let i = 0; i < value.length; i++) {
    if (walk.nodes <= 0) {
      walk.cut = true;
      break;
    }
    walk.nodes -= 1;
    const step = path === undefined ? undefined : stepInto(path, String(i));
    out.push(step?.secret === true ? REDACTED : (copy(readOwn(value, i), walk, step, depth + 1) ?? null));
  }
  return out;
}

function copyMembers(value: object, walk: Walk, path: PathNode | undefined, depth: number): JsonValue {
  const names = Object.keys(value);
  sort(names);
  const out: Record<string, JsonValue> = {};
  for (const name of names) {
    if (walk.nodes <= 0) {
      walk.cut = true;
      break;
    }
    walk.nodes -= 1;
    const step = path === undefined ? undefined : stepInto(path, name);
    const secret = step?.secret === true || walk.redactor.isSecret(name);
    const held = readOwn(value, name);
    const copied = secret ? (held === undefined ? undefined : REDACTED) : copy(held, walk, step, depth + 1);
    if (copied !== undefined) put(out, name, copied, walk);
  }
  return out;
}

/** By UTF-16 units, as RFC 8785 wants it. Few names, mostly in order: moved in place they cost no memory. */
function sort(names: string[]): void {
  if (names.length > 24) {
    names.sort();
    return;
  }
  for (let i = 1; i < names.length; i++) {
    const name = names[i] as string;
    let at = i;
    for (; at > 0 && (names[at - 1] as string) > name; at--) names[at] = names[at - 1] as string;
    names[at] = name;
  }
}

/** Adds a member whatever its name is: `__proto__` stays data, and nobody can forge our own markers. */
function put(out: Record<string, JsonValue>, name: string, value: JsonValue, walk: Walk): void {
  const first = name.charCodeAt(0);
  if (first >= 48 && first <= 57) walk.unordered = true;
  let safe = name;
  if (first === 36) {
    // `$a` becomes `$$a`, which may sort elsewhere; leave the order to the canonical writer.
    safe = `$${name}`;
    walk.unordered = true;
  }
  if (name.length > LIMITS.keys || !name.isWellFormed() || name.includes('\u0000')) {
    safe = safeText(safe.slice(0, LIMITS.keys), walk);
    walk.unordered = true;
  }
  if (safe === '__proto__') {
    Object.defineProperty(out, safe, { value, enumerable: true, configurable: true, writable: true });
  } else {
    out[safe] = value;
  }
}

type Special = (value: never, walk: Walk, path: PathNode | undefined, depth: number) => JsonValue;

/** How the built-in types that JSON has no word for are written. `undefined` for plain objects. */
function special(value: object): Special | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return undefined;
  if (types.isDate(value)) return date;
  if (types.isMap(value)) return map;
  if (types.isSet(value)) return set;
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return bytes;
  if (types.isNativeError(value)) return error;
  if (types.isRegExp(value)) return (regexp: RegExp) => `[${RegExp.prototype.toString.call(regexp)}]`;
  if (types.isBoxedPrimitive(value)) return boxed;
  if (types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value)) return () => '[opaque]';
  if (readMember(value, 'pipe') !== undefined || inheritsPipe(prototype)) return () => '[stream]';
  const hex = objectIdHex(value);
  return hex === undefined ? undefined : () => hex;
}

function date(value: Date): JsonValue {
  const time = Date.prototype.getTime.call(value);
  return Number.isNaN(time) ? '[invalid date]' : new Date(time).toISOString();
}

function map(value: Map<unknown, unknown>, walk: Walk, path: PathNode | undefined, depth: number): JsonValue {
  const plain: Record<string, unknown> = Object.create(null);
  for (const [key, member] of Map.prototype.entries.call(value))
    plain[typeof key === 'object' ? '[object]' : String(key)] = member;
  return copyMembers(plain, walk, path, depth);
}

function set(value: Set<unknown>, walk: Walk, path: PathNode | undefined, depth: number): JsonValue {
  return copyArray([...Set.prototype.values.call(value)], walk, path, depth);
}

function bytes(value: ArrayBufferView | ArrayBuffer): JsonValue {
  return `[${value.byteLength} bytes]`;
}

function error(value: Error, walk: Walk): JsonValue {
  const message = readMember(value, 'message');
  return { message: typeof message === 'string' ? safeText(message, walk) : '', name: errorName(value) };
}

function errorName(value: Error): string {
  const own = readMember(value, 'name');
  if (typeof own === 'string') return safeText(own);
  const name: unknown = readMember(Object.getPrototypeOf(value) as object, 'name');
  return typeof name === 'string' ? name : 'Error';
}

function boxed(value: object): JsonValue {
  return String(
    types.isStringObject(value) ? String.prototype.valueOf.call(value) : Object.prototype.toString.call(value),
  );
}
