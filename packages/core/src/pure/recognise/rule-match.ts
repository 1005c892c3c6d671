import type { RecogniseMatch } from '../../model/recognise-rule.js';
import { pattern } from '../rules.js';
import { keysOf } from './keys.js';
import { effectiveMethod } from './method.js';
import type { RecogniseInput, Recognition } from './types.js';

type Test = (input: RecogniseInput, plain: Recognition) => boolean;

/** A `when`, compiled. */
export interface Matcher {
  /** Method, route, handler: what an answer is cached by. */
  readonly fits: Test;
  /** All the rest. */
  readonly holds: Test;
  /** True when the rest looks at more than an answer is cached by. */
  readonly looksFurther: boolean;
}

/** Compiles the `when` of a rule into plain comparisons. */
export function matcherOf(when: RecogniseMatch): Matcher {
  const fits = [
    among(when.method, (wanted) => wanted.toUpperCase(), effectiveMethod),
    among(when.route, plainRoute, ({ route }) => plainRoute(route)),
    among(when.handler, same, ({ handler }) => `${handler?.controller ?? ''}.${handler?.method ?? ''}`),
  ];
  const further = [
    holding(when.bodyKeys, keysOf),
    holding(when.queryKeys, ({ queryKeys }) => queryKeys),
    when.status === undefined ? undefined : oneOf(listOf(when.status), ({ status }) => status),
    when.anonymous === undefined ? undefined : oneOf([when.anonymous], ({ anonymous }) => anonymous === true),
  ];
  const told = [
    among(when.action, same, (_input, plain) => plain.action),
    among(when.resource, same, (_input, plain) => plain.resource),
  ];
  return {
    fits: every(fits),
    holds: every([...told, ...further]),
    looksFurther: further.some((test) => test !== undefined),
  };
}

function every(tests: readonly (Test | undefined)[]): Test {
  const present = tests.filter((test) => test !== undefined);
  return (input, plain) => present.every((test) => test(input, plain));
}

function among(
  wanted: string | readonly string[] | undefined,
  spell: (wanted: string) => string,
  read: (input: RecogniseInput, plain: Recognition) => string | undefined,
): Test | undefined {
  if (wanted === undefined) return undefined;
  const patterns = listOf(wanted).map((each) => pattern(spell(each)));
  return (input, plain) => {
    const value = read(input, plain);
    return value !== undefined && patterns.some((matches) => matches(value));
  };
}

function holding(
  wanted: string | readonly string[] | undefined,
  namesOf: (input: RecogniseInput) => readonly string[] | undefined,
): Test | undefined {
  if (wanted === undefined) return undefined;
  const names = new Set(listOf(wanted));
  return (input) => namesOf(input)?.some((name) => names.has(name)) === true;
}

function oneOf<T>(wanted: readonly T[], read: (input: RecogniseInput) => T | undefined): Test {
  return (input) => {
    const value = read(input);
    return value !== undefined && wanted.includes(value);
  };
}

function listOf<T extends string | number>(wanted: T | readonly T[]): readonly T[] {
  return typeof wanted === 'object' ? wanted : [wanted];
}

const same = (text: string) => text;

/** `/Orders/{id}/` and `/orders/:id` are one route; so is what a pattern for it says. */
function plainRoute(route: string): string {
  const spelt = route.replace(/\{([^{}:]*)[^{}]*\}/g, ':$1').toLowerCase();
  return spelt.length > 1 && spelt.endsWith('/') ? spelt.slice(0, -1) : spelt;
}
