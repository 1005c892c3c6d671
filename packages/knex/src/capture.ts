import type { Unit, Write, Writes } from '@whodunit/core/writes';
import { gapOfRaw, gapOfWith } from './gaps.js';
import type { Client, Runner, Sent } from './knex-parts.js';
import { returnsRows } from './reads.js';
import type { Returning } from './returning.js';
import { tableNameOf } from './table-name.js';
import type { Tables } from './tables.js';
import type { Units } from './transactions.js';
import type { Draft } from './write-draft.js';
import { otherWrite } from './write-elsewhere.js';
import { postgresWrite } from './write-postgres.js';

/** What all writes of one audited instance share. */
export interface Context {
  readonly writes: Writes;
  readonly tables: Tables;
  readonly units: Units;
  readonly returnings: WeakMap<Sent, Returning>;
  /** What reads before writes failed of. */
  readonly failures: WeakMap<Sent, unknown>;
}

/** Runs what Knex made of a builder, and records what it changes. At this point listeners of `start` have had their say. */
export async function captureQuery(
  context: Context,
  runner: Runner,
  sent: Sent,
  run: () => Promise<unknown>,
): Promise<unknown> {
  const { tables, units, writes } = context;
  const { builder, client } = runner;
  if (builder.isRawInstance === true) {
    gapOfRaw(writes, sent);
    return run();
  }
  gapOfWith(writes, builder, sent);
  const operation = operationOf(sent.method, builder._single);
  // An insert of no rows is no statement.
  if (operation === undefined || sent.sql === '') return run();
  const name = tableNameOf(builder);
  if (name === undefined) {
    writes.gap({ verb: sent.method ?? '', why: 'Which table is written to stands in SQL. Give its name.' });
    return run();
  }
  const table = await tables.of(runner, name);
  const { model } = table;
  if (model === undefined) return run();
  const write = (unit: Unit | undefined): Write<unknown> => {
    const draft: Draft = { runner, sent, name, table, model, operation, unit, run };
    const made = returnsRows(client) ? postgresWrite(draft, context) : otherWrite(draft);
    // A statement that tells by itself what was there needs no transaction for that; its events may, to be kept with it.
    const isKept = writes.needsTransaction('create');
    if (unit !== undefined || (made.locks === true && !isKept)) return made;
    return { ...made, isolated: (go) => isolate(context, runner, (inner) => go(write(inner))) };
  };
  return writes.capture(write(units.get(client)));
}

/** Runs a write in a transaction of its own, on the connection that it has already. */
async function isolate<R>(
  { units }: Context,
  { client, connection }: Runner,
  run: (unit: Unit | undefined) => Promise<R>,
): Promise<R> {
  const inside = ({ client: own }: { readonly client: Client }) => run(units.get(own));
  try {
    return (await client.transaction(inside, { connection, userParams: {} })) as R;
  } finally {
    // Knex forgets it of connections of its own only.
    delete connection.__knexTxId;
  }
}

function operationOf(
  method: string | undefined,
  { onConflict, merge }: Runner['builder']['_single'],
): Draft['operation'] | undefined {
  if (method === 'insert') return onConflict !== undefined && merge !== undefined ? 'upsert' : 'create';
  if (method === 'update' || method === 'upsert') return method;
  return method === 'del' || method === 'delete' || method === 'truncate' ? 'delete' : undefined;
}
