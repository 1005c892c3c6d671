import { checkOptions } from '../../model/check.js';
import { AuditError } from '../../model/errors.js';
import type { RecogniseMeaning, RecogniseRule } from '../../model/recognise-rule.js';
import { categoryOf, normaliseAction, operationOf } from '../words.js';
import { recognise } from './recognise.js';
import { RULE_CHECKS, THEN_CHECKS, WHEN_CHECKS } from './rule-checks.js';
import { matcherOf } from './rule-match.js';
import type { RecogniseInput, Recognition } from './types.js';

/**
 * `recognise` with rules of an application before it. Pure, and cached like it: an answer `varies` when a rule for its method
 * and route looks at more than these.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID` for a rule that says nothing, or that is misspelt
 */
export function withRules(rules: readonly RecogniseRule[]): (input: RecogniseInput) => Recognition {
  const compiled = rules.map(compile);
  if (compiled.length === 0) return recognise;
  return (input) => {
    const plain = recognise(input);
    let varies = plain.varies;
    for (const { fits, holds, looksFurther, meaning, name } of compiled) {
      if (!fits(input, plain)) continue;
      varies ||= looksFurther;
      if (holds(input, plain)) return Object.freeze({ ...apply(meaning, plain, name), varies });
    }
    return varies === plain.varies ? plain : Object.freeze({ ...plain, varies });
  };
}

function compile(rule: RecogniseRule, at: number) {
  const where = `recognise[${at}]`;
  checkOptions(where, rule, RULE_CHECKS);
  checkOptions(`${where}.when`, rule.when, WHEN_CHECKS);
  checkOptions(`${where}.then`, rule.then, THEN_CHECKS);
  if (Object.keys(rule.then).length === 0) {
    throw new AuditError('AUDIT_OPTION_INVALID', `${where}.then: says nothing. Give an action, or \`event: false\`.`);
  }
  return { ...matcherOf(rule.when), meaning: rule.then, name: rule.name ?? where };
}

function apply(then: RecogniseMeaning, plain: Recognition, name: string): Recognition {
  const { idParam, ...rest } = plain;
  const action = then.action === undefined ? plain.action : normaliseAction(then.action);
  const isNamed = then.action !== undefined;
  const id = then.idParam === undefined ? idParam : (then.idParam ?? undefined);
  return {
    ...rest,
    event: then.event ?? (isNamed || plain.event),
    action,
    category: then.category ?? (isNamed ? categoryOf(action) : plain.category),
    operation: then.operation ?? (isNamed ? operationOf(action) : plain.operation),
    kind: then.event === false ? 'silent' : 'rule',
    ...(then.resource === undefined ? {} : { resource: then.resource }),
    ...(id === undefined ? {} : { idParam: id }),
    why: `the rule ${name.slice(0, 80)} says so`,
  };
}
