// Jest globalSetup: one server for the whole run; each test makes itself a database with createTestDatabase().
const { SHARED_URL, startPostgres } = require('./postgres.cjs');

module.exports = async () => {
  const server = await startPostgres();
  globalThis[Symbol.for('whodunit.test.postgres')] = server;
  process.env[SHARED_URL] = server.url;
};
