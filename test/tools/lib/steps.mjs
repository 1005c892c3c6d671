import { build } from '../build.mjs';
import { install } from '../install.mjs';
import { pack, tarballs } from '../pack.mjs';
import { jest } from './jest.mjs';
import { capture, node, root, tool } from './run.mjs';

/**
 * Everything that `npm test` does. A step runs when all steps that it `needs` have ended well; two run at a time, but a
 * step that is `alone` has the machine for itself. Each resolves to `{ ok, output }`, and to the number of tests that
 * `passed` and `failed` when it is more than one test.
 */
export const STEPS = [
  { name: 'install', needs: [], alone: true, run: install },
  { name: 'build', needs: ['install'], alone: true, run: build },
  {
    name: 'biome',
    needs: ['install'],
    run: () => capture(tool('@biomejs/biome', 'ci', '--colors=off', '--error-on-warnings', '.')),
  },
  { name: 'eslint', needs: ['install'], run: () => capture(tool('eslint', '--max-warnings=0', '.')) },
  { name: 'tsc', needs: ['install'], run: () => capture(tool('typescript', '--noEmit', '-p', '.')) },
  {
    name: 'knip',
    needs: ['install'],
    run: () => capture(tool('knip', '--no-progress')),
  },
  { name: 'pack', needs: ['build'], run: pack },
  { name: 'publint', needs: ['pack'], run: () => eachTarball((file) => tool('publint', 'run', file, '--strict')) },
  {
    name: 'attw',
    needs: ['pack'],
    run: () => eachTarball((file) => tool('@arethetypeswrong/cli', file, '--no-emoji')),
  },
  ...['nest10', 'nest12'].map((name) => ({
    name,
    needs: ['pack'],
    run: () => capture({ ...node('../run.mjs'), cwd: `${root}test/compat/${name}` }),
  })),
  ...['typescript', 'typescript6', 'typescript7'].map((compiler) => ({
    name: compiler.replace('typescript', 'types') + (compiler === 'typescript' ? '5' : ''),
    needs: ['build'],
    run: () => capture(node('test/tools/published-types.mjs', compiler)),
  })),
  // Runs against the sources, so also when they do not build; the tests that need a build say what is wrong with it.
  { name: 'jest', needs: ['install'], alone: true, run: () => jest({ coverage: true }) },
];

async function eachTarball(check) {
  const results = [];
  for (const file of tarballs()) results.push({ file, ...(await capture(check(file))) });
  const bad = results.filter((result) => !result.ok);
  const ok = results.length > 0 && bad.length === 0;
  return { ok, output: bad.map(({ file, output }) => `${file}\n${output}`).join('\n') || 'There is no package.\n' };
}
