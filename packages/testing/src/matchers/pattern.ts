import {
  type Actor,
  type AuditEvent,
  type Change,
  checkOptions,
  type Reason,
  type Resource,
  type Source,
  type Tenant,
} from '@whodunit/core';

/**
 * A part of an event. Members that are left out match anything; `undefined` matches only what is not there. Objects match
 * when their members do; a list matches when each of its items is found, in any order, among others. Text may be a
 * regular expression, and anything may be a matcher of your runner, such as `expect.any(String)`.
 */
export interface AuditedPattern
  extends Partial<Pick<AuditEvent, 'category' | 'operation' | 'outcome' | 'severity' | 'id' | 'time' | 'parent'>> {
  readonly action?: string | RegExp;
  /** Text is the id. */
  readonly actor?: string | Partial<Actor>;
  /** Text is the id. */
  readonly tenant?: string | Partial<Tenant>;
  /** Text is the code. */
  readonly reason?: string | Partial<Reason>;
  readonly resource?: Partial<Resource>;
  readonly source?: Partial<Source>;
  readonly changes?: readonly Partial<Change>[];
  readonly diff?: Partial<NonNullable<AuditEvent['diff']>>;
  readonly request?: Partial<NonNullable<AuditEvent['request']>>;
  readonly trace?: Partial<NonNullable<AuditEvent['trace']>>;
  readonly service?: Partial<AuditEvent['service']>;
  readonly capture?: Partial<AuditEvent['capture']>;
  readonly truncated?: Partial<NonNullable<AuditEvent['truncated']>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

const anything = () => undefined;

const KNOWN = Object.fromEntries(
  (
    'action actor tenant reason resource source changes diff request trace service capture truncated metadata ' +
    'category operation outcome severity id time parent'
  )
    .split(' ')
    .map((name) => [name, anything]),
);

/**
 * Refuses a misspelt member: in `not.toHaveAudited` it would match nothing, and the test would pass for that.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function checkPattern(where: string, pattern: AuditedPattern): void {
  checkOptions(where, pattern, KNOWN);
}

/** Does the event have everything that the pattern says? */
export function matches(event: AuditEvent, pattern: AuditedPattern): boolean {
  const { actor, tenant, reason } = pattern;
  const expected: Record<string, unknown> = { ...pattern };
  if (typeof actor === 'string') expected['actor'] = { id: actor };
  if (typeof tenant === 'string') expected['tenant'] = { id: tenant };
  if (typeof reason === 'string') expected['reason'] = { code: reason };
  return includes(event, expected);
}

function includes(actual: unknown, expected: unknown): boolean {
  if (isMatcher(expected)) return expected.asymmetricMatch(actual);
  if (expected instanceof RegExp) return typeof actual === 'string' && actual.search(expected) >= 0;
  if (Array.isArray(expected))
    return Array.isArray(actual) && expected.every((item) => actual.some((one) => includes(one, item)));
  if (!isObject(expected)) return Object.is(actual, expected);
  return isObject(actual) && Object.keys(expected).every((key) => includes(actual[key], expected[key]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** What `expect.any`, `expect.stringContaining` and the like are, in Jest and in Vitest. */
function isMatcher(value: unknown): value is { asymmetricMatch(actual: unknown): boolean } {
  return isObject(value) && typeof value['asymmetricMatch'] === 'function';
}
