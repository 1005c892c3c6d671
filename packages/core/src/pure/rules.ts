import type { Category, Level, Operation, Outcome } from '../model/event.js';
import type { Rule, RuleMatch } from '../model/options.js';

/** What a rule can look at. */
export interface RuleInput {
  readonly action: string;
  readonly category: Category;
  readonly operation: Operation;
  readonly outcome: Outcome;
  readonly resource?: string | undefined;
  readonly method?: string | undefined;
  readonly route?: string | undefined;
}

/** How much is recorded, and which rule said so. */
export interface Verdict {
  readonly level: Level;
  readonly rule?: string;
}

/** Follow after an application's own rules; what they do not match is recorded with its changes. */
const BUILT_IN_RULES: readonly Rule[] = [
  { name: 'denied reads', when: { operation: 'read', outcome: 'denied' }, level: 'metadata' },
  { name: 'downloads and exports', when: { action: ['*.export', '*.download'] }, level: 'metadata' },
  { name: 'reads', when: { operation: 'read' }, level: 'none' },
];

/** The first rule that matches decides. */
export interface Decisions {
  /** For what was captured: an application's own rules, then the built-in ones. */
  captured(input: RuleInput): Verdict;
  /** For what was recorded by hand: an application's own rules, else it is recorded. */
  byHand(input: RuleInput): Verdict;
}

/** Compiles rules into pure functions. Rules without a name are called by their place (`rules[2]`). */
export function compileRules(rules: readonly Rule[]): Decisions {
  const own = rules.map((rule, i) => compile(rule, rule.name ?? `rules[${i}]`));
  const builtIn = BUILT_IN_RULES.map((rule) => compile(rule, rule.name));
  return { captured: firstOf([...own, ...builtIn]), byHand: firstOf(own) };
}

interface Compiled {
  readonly matches: (input: RuleInput) => boolean;
  readonly verdict: Verdict;
}

const OTHERWISE: Verdict = Object.freeze({ level: 'changes' });

function firstOf(rules: readonly Compiled[]): (input: RuleInput) => Verdict {
  return (input) => {
    for (const { matches, verdict } of rules) if (matches(input)) return verdict;
    return OTHERWISE;
  };
}

function compile(rule: Rule, name: string | undefined): Compiled {
  const tests = Object.entries(rule.when ?? {}).flatMap(([member, wanted]) =>
    wanted === undefined ? [] : [compileMember(member as keyof RuleMatch, wanted)],
  );
  const verdict = Object.freeze(name === undefined ? { level: rule.level } : { level: rule.level, rule: name });
  return { matches: (input) => tests.every((test) => test(input)), verdict };
}

function compileMember(member: keyof RuleMatch, wanted: string | readonly string[]): (input: RuleInput) => boolean {
  const tests = (typeof wanted === 'string' ? [wanted] : wanted).map(pattern);
  return (input) => {
    const value = input[member];
    return value !== undefined && tests.some((test) => test(value));
  };
}

/** A pattern of a rule: `*` stands for any text. Compiled to plain comparisons: no pattern of a configuration may run away. */
export function pattern(wanted: string): (value: string) => boolean {
  const [first = '', ...rest] = wanted.split('*');
  if (rest.length === 0) return (value) => value === wanted;
  const last = rest.pop() ?? '';
  return (value) => {
    if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) return false;
    let from = first.length;
    for (const part of rest) {
      const at = value.indexOf(part, from);
      if (at < 0) return false;
      from = at + part.length;
    }
    return from <= value.length - last.length;
  };
}
