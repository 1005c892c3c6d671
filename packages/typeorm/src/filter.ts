import { copyOf } from '@whodunit/core/writes';
import { isList } from './bound.js';
import type { Builder, Clause, Condition } from './typeorm.js';

/** What a builder filters by, for people: conditions by their properties, SQL with its values taken out. */
export function filterOf({ expressionMap: { parameters, wheres } }: Builder): unknown {
  return wheres.length === 0 ? {} : ofClauses(wheres, parameters);
}

/** What it sets. SQL that is computed in the database is only named. */
export function setOf({ expressionMap: { valuesSet } }: Builder): unknown {
  if (typeof valuesSet !== 'object' || valuesSet === null || Array.isArray(valuesSet)) return undefined;
  const set = Object.entries(valuesSet).map(([name, value]) => [name, typeof value === 'function' ? '(SQL)' : value]);
  return copyOf(Object.fromEntries(set));
}

type Parameters = Readonly<Record<string, unknown>>;

function ofClauses(clauses: readonly Clause[], parameters: Parameters): unknown {
  const all = clauses.map(({ condition }) => ofCondition(condition, parameters));
  if (all.length === 1) return all[0];
  if (clauses.slice(1).some(({ type }) => type === 'or')) return { or: all };
  const names = all.flatMap((told) => Object.keys(told as object));
  return new Set(names).size === names.length ? Object.assign({}, ...all) : { and: all };
}

function ofCondition(condition: Condition, parameters: Parameters): unknown {
  if (typeof condition === 'string') return ofText(condition, parameters);
  if (isList(condition)) return ofClauses(condition, parameters);
  const { condition: inner, operator, parameters: [path = '', ...names] = [] } = condition;
  if (inner !== undefined) {
    const told = ofCondition(inner, parameters);
    return operator === 'not' ? { not: told } : told;
  }
  const values = names.map((name) => (name.startsWith(':') ? parameters[name.slice(1)] : undefined));
  if (operator === 'equal') return { [path]: values[0] };
  return { [path]: { [operator]: values.length > 1 ? values : values[0] } };
}

/** Literals may be anything, a password too; values that are named are redacted by their names. */
function ofText(text: string, parameters: Parameters): unknown {
  const names = [...text.matchAll(/:(?:\.\.\.)?([A-Za-z_]\w*)/g)].map(([, name = '']) => name);
  const named = names.flatMap((name) => (Object.hasOwn(parameters, name) ? [[name, parameters[name]]] : []));
  return { sql: text.replace(/'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b/g, '?'), ...Object.fromEntries(named) };
}
