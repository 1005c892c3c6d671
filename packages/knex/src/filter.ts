import { copyOf } from '@whodunit/core/writes';
import type { Builder, Statement } from './knex-parts.js';

/** A builder changes one row: its filter is its key, and nothing else. */
export function isByKey({ _statements, _single }: Builder, key: readonly string[], alias: string): boolean {
  if (key.length === 0 || _single.updateFrom !== undefined || _single.using !== undefined) return false;
  const filters = _statements.filter(({ grouping }) => grouping === 'where' || grouping === 'join');
  if (filters.length < key.length) return false;
  const found = new Set<string>();
  for (const [i, { asColumn, bool, column, not, operator, type, value }] of filters.entries()) {
    const isOne =
      type === 'whereBasic' ? operator === '=' : type === 'whereIn' && Array.isArray(value) && value.length === 1;
    if (!isOne || not || asColumn || (i > 0 && bool !== 'and') || typeof column !== 'string' || isQuery(value))
      return false;
    found.add(column.startsWith(`${alias}.`) ? column.slice(alias.length + 1) : column);
  }
  return key.every((name) => found.has(name));
}

/** The filter of a write for people, by columns, so that values are redacted by their names. */
export function filterOf({ _statements }: Builder): Readonly<Record<string, unknown>> | undefined {
  const filter: Record<string, unknown> = {};
  for (const statement of _statements) {
    if (statement.grouping !== 'where') continue;
    const { column, type = 'where' } = statement;
    filter[typeof column === 'string' ? column : type] = conditionOf(statement);
  }
  return Object.keys(filter).length === 0 ? undefined : filter;
}

/** What a write sets, for people. */
export function setOf({ _single: { counter, update } }: Builder): Readonly<Record<string, unknown>> | undefined {
  const set: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(update ?? {})) if (value !== undefined) set[name] = plain(value);
  for (const [name, value] of Object.entries(counter ?? {})) set[name] = { increment: value };
  return Object.keys(set).length === 0 ? undefined : set;
}

function conditionOf({ column, not, operator, type, value }: Statement): unknown {
  if (type === 'whereNull') return not ? { not: null } : null;
  if (typeof column !== 'string') return 'SQL';
  const condition = plain(value);
  if (type === 'whereBasic')
    return operator === '=' && !not ? condition : { [`${not ? 'not ' : ''}${operator}`]: condition };
  const word = (type ?? 'where').replace(/^where/, '').toLowerCase();
  return { [`${not ? 'not ' : ''}${word}`]: condition };
}

function plain(value: unknown): unknown {
  if (isQuery(value)) return 'SQL';
  return Array.isArray(value) ? value.map(plain) : copyOf(value);
}

/** SQL or a query instead of a value. */
function isQuery(value: unknown): boolean {
  return typeof value === 'function' || (typeof value === 'object' && value !== null && 'toSQL' in value);
}
