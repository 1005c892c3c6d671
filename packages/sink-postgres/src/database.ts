import { SinkError } from '@whodunit/core';

/** Anything that runs one SQL statement with parameters: a `pg` pool or client, PGlite, and what looks like them. */
export interface PostgresDatabase {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** What is used of a `pg` pool beyond `query`: a connection of one's own can be given up when a write is aborted. */
interface PostgresPool extends PostgresDatabase {
  readonly totalCount: number;
  connect(): Promise<PostgresPoolClient>;
}

interface PostgresPoolClient extends PostgresDatabase {
  /** Id of the server process, as `pg` knows it. */
  readonly processID?: number | null;
  /** With `true` the connection is closed instead of being used again. */
  release(destroy?: boolean): void;
  on(event: 'error', listener: () => void): unknown;
  off(event: 'error', listener: () => void): unknown;
}

/**
 * Runs `work` on one connection and waits no longer than the signal allows. After any failure the connection is closed,
 * so that none goes back to the pool in the middle of something, and what still runs on the server is cancelled. A
 * single client (not a pool) has to finish by itself: it is not ours to close.
 */
export async function withConnection<T>(
  database: PostgresDatabase,
  signal: AbortSignal,
  work: (connection: PostgresDatabase) => Promise<T>,
): Promise<T> {
  if (!isPool(database)) return unlessAborted(signal, work(database));
  const client = await checkOut(database, signal);
  // A connection that breaks while we hold it also emits `error`, which would end the process if nobody listened.
  client.on('error', ignore);
  try {
    const result = await unlessAborted(signal, work(client));
    client.off('error', ignore);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    if (signal.aborted) cancel(database, client.processID);
    throw error;
  }
}

function isPool(database: PostgresDatabase): database is PostgresPool {
  return 'totalCount' in database && 'connect' in database && typeof database.connect === 'function';
}

async function checkOut(pool: PostgresPool, signal: AbortSignal): Promise<PostgresPoolClient> {
  const pending = pool.connect();
  try {
    return await unlessAborted(signal, pending);
  } catch (error) {
    // The pool may still hand it over, later than anybody waits for it.
    pending.then((client) => client.release(), ignore);
    throw error;
  }
}

function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortedError());
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** What a write rejects with that was aborted. */
export function abortedError(): SinkError {
  return new SinkError(
    'The write to Postgres was aborted before it was confirmed. It is safe to send the batch again.',
    {
      kind: 'retryable',
    },
  );
}

/**
 * A statement that waits for a lock does not notice that its client is gone: without this, every further attempt would
 * leave one more waiting connection on the server. It is an errand that may fail: the server may be what is gone.
 */
function cancel(pool: PostgresPool, processId: number | null | undefined): void {
  if (typeof processId === 'number') pool.query('SELECT pg_cancel_backend($1)', [processId]).catch(ignore);
}

function ignore(): void {}
