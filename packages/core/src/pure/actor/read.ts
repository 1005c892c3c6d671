/**
 * Reads one member of a value that may be hostile: a getter that throws, a revoked Proxy. Never throws. Also the way to
 * read a request or response of Express, which gives each a prototype of its own and V8 then a hidden class: there
 * `request.user` costs a microsecond or two, and `Reflect.get` a tenth.
 */
export function read(value: unknown, key: string): unknown {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return undefined;
  try {
    return Reflect.get(value, key) as unknown;
  } catch {
    return undefined;
  }
}

/** Dotted paths of members, read in turn: `paths('id', 'user.id')`. Made once, as reading is on every request's way. */
export interface Paths {
  readonly list: readonly (readonly string[])[];
  /** Their first segments. */
  readonly heads: ReadonlySet<string>;
}

export function paths(...texts: readonly string[]): Paths {
  const list = texts.map((text) => text.split('.'));
  return { list, heads: new Set(list.map(([head = '']) => head)) };
}

/** Reads one path of members: `['grant', 'access_token', 'content']`. */
export function readPath(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) {
    if (at === undefined) return undefined;
    at = read(at, key);
  }
  return at;
}

/** Calls a method of a library, as `owner.name(...given)`; undefined when it is none, throws, or answers with a promise. */
export function call(owner: unknown, name: string, ...given: readonly unknown[]): unknown {
  try {
    const method = read(owner, name);
    return typeof method === 'function' ? settled(method.call(owner, ...given)) : undefined;
  } catch {
    return undefined;
  }
}

/** Drops a promise, and keeps its rejection from becoming an unhandled one. */
function settled(result: unknown): unknown {
  const then = read(result, 'then');
  if (typeof then !== 'function') return result;
  try {
    then.call(result, undefined, () => undefined);
  } catch {
    return undefined;
  }
  return undefined;
}

const MAX_ID = 256;
const NO_ID: ReadonlySet<string> = new Set(['', '0', 'null', 'undefined', 'NaN', 'false', '[object Object]']);

/**
 * An id as a string: a string, a number other than 0, a bigint, or what a database calls an ObjectId. Anything else, an
 * object above all, is no id.
 */
export function idFrom(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value.length <= MAX_ID && !NO_ID.has(value) && !/[\u0000-\u001f\u007f]/.test(value) ? value : undefined;
    case 'number':
      return Number.isFinite(value) && value !== 0 ? String(value) : undefined;
    case 'bigint':
      return value === 0n ? undefined : value.toString().slice(0, MAX_ID);
    case 'object': {
      const hex = call(value, 'toHexString');
      return typeof hex === 'string' && /^[0-9a-f]{24,64}$/i.test(hex) ? hex : undefined;
    }
    default:
      return undefined;
  }
}

const MAX_TEXT = 256;

/** A text for people: a string that is not empty, without control characters, at most 256 characters. */
export function textFrom(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value
    .slice(0, MAX_TEXT)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim();
  return text === '' ? undefined : text;
}

/** The first answer that is not undefined. */
export function firstOf<T>(
  source: unknown,
  { list, heads }: Paths,
  take: (value: unknown) => T | undefined,
): T | undefined {
  if (hasNone(source, heads)) return undefined;
  for (const path of list) {
    const value = take(readPath(source, path));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** An object of more members is asked for each name: to list them again and again costs more. */
const MAX_LISTED = 256;
const large = new WeakSet<object>();
let hasLarge = false;

/** True when a plain object has no member of these names: most tables fit no object, and this is the cheap way to know. */
function hasNone(source: unknown, heads: ReadonlySet<string>): boolean {
  if (typeof source !== 'object' || source === null) return source === null || typeof source !== 'function';
  if (hasLarge && large.has(source)) return false;
  try {
    if (Object.getPrototypeOf(source) !== Object.prototype) return false;
    let listed = 0;
    for (const key in source) {
      if (heads.has(key)) return false;
      if (++listed <= MAX_LISTED) continue;
      large.add(source);
      hasLarge = true;
      return false;
    }
    return true;
  } catch {
    return false;
  }
}
