import { readFileSync } from 'node:fs';

const { type } = JSON.parse(readFileSync('package.json', 'utf8'));
const isModule = type === 'module';

/** For every folder here: the same suite, and everything that it imports comes from the folder's own node_modules. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/../suite'],
  testMatch: ['**/*.test.ts'],
  resolver: '<rootDir>/../resolve-here.cjs',
  ...(isModule ? { extensionsToTreatAsEsm: ['.ts'] } : {}),
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: isModule ? 'es6' : 'commonjs' },
      },
    ],
  },
};
