import { type Cte, isKind, isParam, isSql, type Param, type Sql, textOfChunk } from './drizzle.js';
import type { TablePlan } from './table.js';

/** Whether a filter leaves one row at most: it demands a value of each column of the key, and is joined by `and` alone. */
export function isByKey(where: Sql | undefined, { keyColumns }: TablePlan): boolean {
  if (where === undefined || keyColumns.size === 0) return false;
  const compared = new Set<unknown>();
  collectEquals(where, compared);
  for (const column of keyColumns) if (!compared.has(column)) return false;
  return true;
}

/** `and(a, b)` is `(`, a list, `)`; `eq(column, value)` is a text, the column, ` = `, the value, a text. */
function collectEquals({ queryChunks: chunks }: Sql, compared: Set<unknown>): void {
  const [first, second, third, fourth] = chunks;
  if (chunks.length === 1 && isSql(first)) collectEquals(first, compared);
  else if (chunks.length === 3 && textOfChunk(first) === '(' && isSql(second) && textOfChunk(third) === ')') {
    const parts = second.queryChunks;
    if (!parts.every((part, i) => i % 2 === 0 || textOfChunk(part) === ' and ')) return;
    for (const part of parts) if (isSql(part)) collectEquals(part, compared);
  } else if (chunks.length === 5 && textOfChunk(first) === '' && textOfChunk(third) === ' = ' && isValue(fourth))
    compared.add(second);
}

function isValue(chunk: unknown): boolean {
  return isParam(chunk) || (typeof chunk === 'object' && chunk !== null && isKind(chunk, 'Placeholder'));
}

/** What a summary says of a filter: its SQL without values, and the values by the columns that they are compared with. */
export function toldFilter(sql: string, where: Sql, plan: TablePlan): { sql: string; values: object } {
  const values: Record<string, unknown> = {};
  for (const { encoder, value } of paramsOf(where)) {
    const key = plan.columns.find(({ column }) => (column as unknown) === encoder)?.key;
    if (key !== undefined) values[key] = key in values ? [values[key], value].flat() : value;
  }
  return { sql, values };
}

function* paramsOf(chunk: unknown): Generator<Param> {
  if (isParam(chunk)) yield chunk;
  else if (Array.isArray(chunk)) for (const part of chunk) yield* paramsOf(part);
  else if (isSql(chunk)) for (const part of chunk.queryChunks) yield* paramsOf(part);
}

/** What an update sets, for a summary. */
export function toldSet(set: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(set).map(([key, value]) => [key, isParam(value) ? value.value : 'set by SQL']),
  );
}

/** Whether a common table expression writes: then no query of ours may repeat it. */
export function hasWrite(ctes: readonly Cte[] | undefined, reads: (sql: Sql) => boolean): boolean {
  return ctes?.some(({ _ }) => !reads(_.sql)) ?? false;
}
