/** A PostgreSQL server of one's own. It ends with the process that started it, however that ends. */
export interface PostgresServer {
  /** Connection string of the database `postgres`, as superuser. */
  readonly url: string;
  /** Makes an empty database; gives its connection string. */
  createDatabase(): Promise<string>;
  /** Ends the server in order and removes its data. Twice is safe. */
  stop(): Promise<void>;
  /** Ends the server at once, as a crash would (`immediate`); the data stay, and `restart` recovers them. */
  kill(): Promise<void>;
  /** Starts the server again on the same port with the same data; ends it in order first when it runs. */
  restart(): Promise<void>;
}

/** Starts a server on a free port, with durable settings: 0.3 s, the very first time on a machine some seconds more. */
export function startPostgres(): Promise<PostgresServer>;

/** Makes an empty database on the server that Jest started for the whole run; gives its connection string. */
export function createTestDatabase(): Promise<string>;

/** Takes such a database away, unless somebody stays connected to it. */
export function dropTestDatabase(url: string): Promise<void>;

/** Environment variable with the connection string of the server that Jest started for the whole run. */
export const SHARED_URL: 'WHODUNIT_TEST_POSTGRES_URL';
