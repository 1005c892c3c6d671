// Jest globalTeardown: ends the server that jest-postgres-start.cjs started.
module.exports = async () => {
  await globalThis[Symbol.for('whodunit.test.postgres')]?.stop();
};
