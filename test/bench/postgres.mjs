import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { migrate, postgresSink } from '@whodunit/sink-postgres';
import { startPostgres } from '@whodunit/test-support/postgres';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { compare, median, share, wall } from './lib/measure.mjs';
import { delivery, finishedBatches } from './lib/sample.mjs';

const BATCH = 500;
const BATCHES = 12;

export default {
  title: `${BATCH * BATCHES} rows into Postgres, in batches of ${BATCH}`,
  unit: 'rows/s',
  rows: { 'postgres-1': { min: 0.45 }, 'postgres-4': { min: 0.65 } },
  processes: 2,

  async measure({ quick }) {
    const server = await startPostgres();
    const connectionString = await server.createDatabase();
    const pool = new pg.Pool({ connectionString, max: 6 });
    // The server may say goodbye before the last idle connection has ended.
    pool.on('error', () => undefined);
    for (const schema of ['source', 'copy', 'copy_again', 'one', 'four']) await migrate({ pool, schema });
    const sinks = {
      source: postgresSink({ pool, schema: 'source' }),
      one: postgresSink({ pool, schema: 'one' }),
      four: postgresSink({ pool, schema: 'four', concurrency: 4 }),
    };
    const client = await pool.connect();
    let batches;
    let rows;
    const copy = (schema) => () => copied(client, schema, rows);
    const variants = {
      bare: copy('copy'),
      again: copy('copy_again'),
      one: () => written(sinks.one, batches, 1),
      four: () => written(sinks.four, batches, 4),
    };
    const costs = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
    for (let round = 0; round < (quick ? 7 : 11); round++) {
      batches = await finishedBatches(BATCHES, BATCH);
      await written(sinks.source, batches, 1);
      rows = await rowsOf(client, batches);
      const measured = await compare(variants, { rounds: 1, block: [1, 1], clock: wall });
      // The first rounds are warm-up.
      if (round >= 2) for (const name of Object.keys(costs)) costs[name].push(...measured[name]);
    }
    client.release();
    await Promise.all(Object.values(sinks).map((sink) => sink.close()));
    await pool.end();
    await server.stop();
    const line = (name, label) => ({
      label,
      figure: (BATCH * BATCHES * 1e6) / median(costs[name]),
      ratio: 1 / share(costs[name], costs.bare),
    });
    return [
      line('bare', 'COPY FROM STDIN'),
      line('again', 'COPY FROM STDIN again (A/A)'),
      { name: 'postgres-1', ...line('one', 'postgresSink') },
      { name: 'postgres-4', ...line('four', 'postgresSink, concurrency 4') },
    ];
  },
};

/** Writes batches as dispatch does: each of so many loops takes the next one. */
async function written(sink, batches, concurrency) {
  const left = [...batches];
  const loop = async () => {
    for (let batch = left.shift(); batch !== undefined; batch = left.shift()) await sink.write(batch, delivery());
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
}

/** The rows that the sink made of these batches, as COPY writes and reads them. */
async function rowsOf(client, [[{ seal }]]) {
  const query = `COPY (SELECT * FROM source.events WHERE stream = '${seal.stream}' ORDER BY seq) TO STDOUT`;
  return buffer(client.query(copyTo(query)));
}

async function copied(client, schema, rows) {
  await pipeline(Readable.from(chunksOf(rows)), client.query(copyFrom(`COPY ${schema}.events FROM STDIN`)));
}

/** In pieces, as they would come from a file. */
function* chunksOf(bytes) {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
