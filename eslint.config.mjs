import tseslint from 'typescript-eslint';

/** Biome formats and lints. ESLint is here for the two rules that need types: a lost promise is a lost event. */
export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '**/.cache/', 'test/fixtures/', 'test/compat/'] },
  {
    files: ['**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
);
