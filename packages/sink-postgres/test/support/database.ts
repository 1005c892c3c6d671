import { createTestDatabase } from '@whodunit/test-support/postgres';
import pg from 'pg';

/** A database of one test's own on the real server. */
export class TestDatabase {
  readonly pool: pg.Pool;
  readonly #others: pg.Pool[] = [];

  private constructor(readonly url: string) {
    this.pool = this.connect();
  }

  static async create(): Promise<TestDatabase> {
    return new TestDatabase(await createTestDatabase());
  }

  /** Another pool; `options` are those of `pg`. */
  connect(options: pg.PoolConfig = {}): pg.Pool {
    const pool = new pg.Pool({ connectionString: this.url, ...options });
    pool.on('error', () => undefined);
    this.#others.push(pool);
    return pool;
  }

  /** The same database with something else in the connection string. */
  urlWith(change: (url: URL) => void): string {
    const url = new URL(this.url);
    change(url);
    return url.href;
  }

  async rows(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return (await this.pool.query(text, values)).rows;
  }

  /** The first column of every row. */
  async column(text: string, values: unknown[] = []): Promise<unknown[]> {
    return (await this.rows(text, values)).map((row) => Object.values(row)[0]);
  }

  /** Every stored line, in the order of its stream. */
  async lines(): Promise<string[]> {
    return (await this.column('SELECT line FROM whodunit.events ORDER BY stream, seq, time')).map(String);
  }

  /** Runs a statement on the server's own database: this one may refuse connections. */
  async onServer(text: string, values: unknown[] = []): Promise<void> {
    const client = new pg.Client({ connectionString: this.urlWith((url) => (url.pathname = '/postgres')) });
    await client.connect();
    try {
      await client.query(text, values);
    } finally {
      await client.end();
    }
  }

  get name(): string {
    return new URL(this.url).pathname.slice(1);
  }

  /** Ends every connection to this database, as a restart of the server would. */
  async terminateConnections(): Promise<void> {
    await this.onServer('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [this.name]);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#others.map((pool) => pool.end()));
    await this.onServer(`DROP DATABASE "${this.name}" WITH (FORCE)`);
  }
}
