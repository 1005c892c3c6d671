/** What the types of the sinks must accept and refuse. */
import { createAuditor, type Sink } from '@whodunit/core';
import { fileSink } from '@whodunit/sink-file';
import { httpSink } from '@whodunit/sink-http';
import { postgresSink } from '@whodunit/sink-postgres';
import { memorySink, type SinkHarness, testSink } from '@whodunit/testing';

// Every sink is a Sink, and an auditor takes them together.
createAuditor({ sinks: [fileSink('a.ndjson'), httpSink({ url: 'https://a.test' }), memorySink()] satisfies Sink[] });

fileSink({ path: 'a.ndjson', fsync: 'interval', fsyncIntervalMs: 500, rotate: { interval: 'day', gzip: true } });
// @ts-expect-error: which file cannot be guessed
fileSink({});
// @ts-expect-error: a policy that does not exist
fileSink({ path: 'a.ndjson', fsync: true });
// @ts-expect-error: misspelt
fileSink({ path: 'a.ndjson', rotation: {} });

// Anything with pg's `query` will do.
postgresSink({ connectionString: 'postgres://localhost/a', concurrency: 4 });
// @ts-expect-error: not a database
postgresSink({ pool: {} });
// @ts-expect-error: misspelt
postgresSink({ connectionString: 'postgres://localhost/a', tableName: 'events' });

httpSink({ url: 'https://a.test', secrets: ['whsec_AAAA'], allowPrivateAddresses: ['10.0.0.0/8'] });
// @ts-expect-error: where to cannot be guessed
httpSink({ secrets: ['whsec_AAAA'] });
// @ts-expect-error: one secret is a list of one
httpSink({ url: 'https://a.test', secrets: 'whsec_AAAA' });

// The kit needs a way to break the store: a sink is not proven by good days alone.
const half = { sink: memorySink(), stored: () => [], dispose: () => undefined };
// @ts-expect-error: no breakBackend
half satisfies SinkHarness;
testSink({ test, create: () => ({ ...half, breakBackend: () => undefined }) });
declare function test(title: string, run: () => Promise<void>): void;
