import { AuditError } from './errors.js';

/** Checks one option: says what was expected, or nothing when the value is fine. */
export type Check = (value: unknown) => string | undefined;

/**
 * Checks an options object at the door: every key is known (a misspelt one gets a suggestion), every value is what was
 * expected. `undefined` counts as absent. Never changes the object, never corrects a value.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`, naming the option and the fix
 */
export function checkOptions(where: string, options: unknown, checks: Readonly<Record<string, Check>>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalid(where, `expected an options object, got ${describe(options)}`);
  }
  for (const key of Object.keys(options)) {
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    if (check === undefined) throw invalid(where, `unknown option \`${key}\`. ${suggest(key, Object.keys(checks))}`);
    const value = (options as Record<string, unknown>)[key];
    const expected = value === undefined ? undefined : check(value);
    if (expected !== undefined) throw invalid(where, `\`${key}\` must be ${expected}, got ${describe(value)}`);
  }
}

/** The checks that options of whodunit are made of. */
export const is = {
  text: (value: unknown) => (typeof value === 'string' && value !== '' ? undefined : 'a non-empty string'),
  boolean: (value: unknown) => (typeof value === 'boolean' ? undefined : 'true or false'),
  action: (value: unknown) => (typeof value === 'function' ? undefined : 'a function'),
  /** A whole number from `min` to `max`. */
  integer:
    (min: number, max: number = Number.MAX_SAFE_INTEGER): Check =>
    (value) =>
      Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
        ? undefined
        : `a whole number from ${min} to ${max === Number.MAX_SAFE_INTEGER ? '2^53 - 1' : max}`,
  oneOf:
    (...values: readonly string[]): Check =>
    (value) =>
      typeof value === 'string' && values.includes(value) ? undefined : `one of ${values.map(quote).join(', ')}`,
  listOf:
    (check: Check): Check =>
    (value) => {
      if (!Array.isArray(value)) return 'a list';
      for (const [i, item] of value.entries()) {
        const expected = check(item);
        if (expected !== undefined) return `a list in which [${i}] is ${expected}`;
      }
      return undefined;
    },
  either:
    (first: Check, second: Check): Check =>
    (value) => {
      const expected = first(value);
      return expected === undefined || second(value) === undefined ? undefined : `${expected} or ${second(value)}`;
    },
  object: (value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'an object',
} as const;

function invalid(where: string, problem: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `${where}: ${problem}`);
}

function suggest(key: string, known: readonly string[]): string {
  const near = known.find((name) => distance(key.toLowerCase(), name.toLowerCase()) <= 2);
  return near === undefined ? `Known options: ${known.join(', ')}.` : `Did you mean \`${near}\`?`;
}

/** Levenshtein distance, for two short names. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Says what kind of value it is without showing it: an option may hold a secret. */
function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : typeof value === 'number' ? String(value) : `a ${typeof value}`;
}

function quote(value: string): string {
  return `'${value}'`;
}
