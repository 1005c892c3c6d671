import { postgresSink } from '../src/index.js';
import { DEFAULTS } from '../src/options.js';

const pool = { query: async () => ({ rows: [] }) };

test('a pool is all that must be said', () => {
  expect(postgresSink({ pool })).toMatchObject({
    name: DEFAULTS.name,
    idempotent: true,
    concurrency: DEFAULTS.concurrency,
  });
});

test.each([
  [{ pool, tabel: 'events' }, 'Did you mean `table`?'],
  [{ pool, concurrency: 5 }, '`concurrency` must be a whole number from 1 to 4'],
  [{ pool, migrations: 'never' }, "`migrations` must be one of 'check', 'apply'"],
  [{ pool: {} }, '`pool` must be a pg pool or client'],
  [{}, 'is the environment variable set?'],
  [{ connectionString: undefined }, 'is the environment variable set?'],
  [{ pool, connectionString: 'postgres://localhost/app' }, 'Give either `pool` or `connectionString`'],
])('a wrong option is refused, with what to do: %#', (options, message) => {
  const given: object = options;
  expect(() => postgresSink(given)).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }));
  expect(() => postgresSink(given)).toThrow(message);
});

test('a connection string without the package pg says what to install', async () => {
  jest.resetModules();
  jest.doMock('pg', () => {
    throw new Error("Cannot find module 'pg'");
  });
  try {
    const { postgresSink: isolated } = await import('../src/index.js');
    await expect(isolated({ connectionString: 'postgres://localhost/app' }).open?.()).rejects.toMatchObject({
      code: 'AUDIT_OPTION_INVALID',
      message: expect.stringContaining('npm install pg'),
    });
  } finally {
    jest.dontMock('pg');
    jest.resetModules();
  }
});
