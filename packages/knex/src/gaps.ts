import type { Writes } from '@whodunit/core/writes';
import type { Builder, Sent } from './knex-parts.js';
import { writeIn, writeWithin } from './raw-sql.js';

const OF_SQL = 'SQL was run that no builder made. Use the verbs of Knex where rows change.';
const OF_WITH = 'A common table expression writes. Make it a statement of its own.';
const OF_STREAM = 'A write was streamed. Await the builder instead.';

/** Records a gap when SQL writes that the application wrote by hand. */
export function gapOfRaw(writes: Writes, { sql }: Sent): void {
  const write = writeIn(sql);
  if (write !== undefined) writes.gap({ verb: `raw ${write.verb}`, model: write.table, why: OF_SQL });
}

/** Records a gap when a statement has a write within it, in a common table expression. */
export function gapOfWith(writes: Writes, { _statements }: Builder, { sql }: Sent): void {
  if (!_statements.some(({ grouping }) => grouping === 'with')) return;
  const write = writeWithin(sql);
  if (write !== undefined) writes.gap({ verb: `with ${write.verb}`, model: write.table, why: OF_WITH });
}

/** Records a gap when what is streamed writes. */
export function gapOfStream(writes: Writes, builder: Builder): void {
  const { _method: verb = 'raw' } = builder;
  const sent = compiled(builder);
  const write = sent === undefined ? undefined : writeIn(sent.sql);
  if (write !== undefined) writes.gap({ verb: `${verb} by stream`, model: write.table, why: OF_STREAM });
}

/** Knex says what is wrong with a builder when it runs it. */
function compiled(builder: Builder): Sent | undefined {
  try {
    return builder.toSQL();
  } catch {
    return undefined;
  }
}
