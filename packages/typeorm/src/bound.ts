import type { Builder, Clause, Condition, Metadata } from './typeorm.js';

/** How many rows a builder can change at most, when its filter says so by their keys; `undefined` when it does not. */
export function boundOf({ expressionMap }: Builder, { primaryColumns }: Metadata): number | undefined {
  const key = primaryColumns.map(({ propertyPath }) => propertyPath);
  return expressionMap.wheres.length === 0 || key.length === 0 ? undefined : boundOfClauses(expressionMap.wheres, key);
}

function boundOfClauses(clauses: readonly Clause[], key: readonly string[]): number | undefined {
  const [first, ...rest] = clauses;
  if (first === undefined) return undefined;
  if (rest.length > 0 && rest.every(({ type }) => type === 'or')) {
    const bounds = clauses.map(({ condition }) => boundOfCondition(condition, key));
    return bounds.every((bound) => bound !== undefined) ? bounds.reduce((sum, bound) => sum + bound, 0) : undefined;
  }
  if (rest.some(({ type }) => type === 'or')) return undefined;
  const equal = new Set(clauses.flatMap(({ condition }) => pathOfEqual(condition)));
  if (key.every((path) => equal.has(path))) return 1;
  const bounds = clauses.flatMap(({ condition }) => boundOfCondition(condition, key) ?? []);
  return bounds.length === 0 ? undefined : Math.min(...bounds);
}

function boundOfCondition(condition: Condition, key: readonly string[]): number | undefined {
  if (typeof condition === 'string') return undefined;
  if (isList(condition)) return boundOfClauses(condition, key);
  const { condition: inner, operator, parameters = [] } = condition;
  if (operator === 'brackets' && inner !== undefined) return boundOfCondition(inner, key);
  if (key.length !== 1 || parameters[0] !== key[0]) return undefined;
  if (operator === 'equal') return 1;
  return operator === 'in' ? parameters.length - 1 : undefined;
}

function pathOfEqual(condition: Condition): readonly string[] {
  if (typeof condition === 'string' || isList(condition)) return [];
  return condition.operator === 'equal' ? (condition.parameters ?? []).slice(0, 1) : [];
}

export function isList(condition: Condition): condition is readonly Clause[] {
  return Array.isArray(condition);
}
