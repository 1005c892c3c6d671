/** One configuration for every package: tests run against the sources, without a build. */
export default {
  testEnvironment: 'node',
  // Real servers, disks and child processes on a machine that is busy with the other half of the suite.
  testTimeout: 30_000,
  // A worker keeps what every ORM loads; begun anew, it needs no more memory than a small machine has.
  workerIdleMemoryLimit: '1GB',
  globalSetup: '<rootDir>/test/support/jest-postgres-start.cjs',
  globalTeardown: '<rootDir>/test/support/jest-postgres-stop.cjs',
  testMatch: [
    '<rootDir>/{packages,examples}/*/test/**/*.test.ts',
    '<rootDir>/test/*.test.ts',
    '<rootDir>/test/e2e/**/*.test.ts',
  ],
  transform: {
    '^.+\\.(ts|mjs)$': [
      '@swc/jest',
      {
        sourceMaps: 'inline',
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  moduleNameMapper: {
    '^@whodunit/test-support/orm$': '<rootDir>/test/support/orm/index.ts',
    '^@whodunit/test-support/(.+)$': '<rootDir>/test/support/$1.cjs',
    '^@whodunit/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
    '^@whodunit/([^/]+)/([^/]+)$': '<rootDir>/packages/$1/src/$2/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.cache/'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/test/compat/'],
  coverageProvider: 'v8',
  coverageDirectory: '<rootDir>/.cache/coverage',
  coverageReporters: ['text-summary', 'lcov'],
  // The gate is for core alone; it is asked for by `npm test`, not by a run of some tests.
  // Files of types alone have no lines to run.
  collectCoverageFrom: [
    'packages/core/src/**/*.ts',
    '!packages/core/src/model/{history,http,input,options,reader,revert,scope}.ts',
    '!packages/core/src/pure/{draft,coverage/listed,coverage/row,recognise/types}.ts',
    '!packages/core/src/engine/dispatch/contract.ts',
    '!packages/core/src/http/binding.ts',
  ],
  coverageThreshold: { global: { lines: 95 } },
};
