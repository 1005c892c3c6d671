import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './house/workspace';
import { installProject, packAll, run } from './packaging/project';

const MINUTES = 60_000;
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];

let tarballs: Map<string, string>;

beforeAll(async () => {
  tarballs = await packAll();
}, 5 * MINUTES);

describe('the tarball of every package', () => {
  test('holds dist, README, LICENSE and package.json, and nothing else', async () => {
    for (const [name, file] of tarballs) {
      const files = (await run(ROOT, 'tar', ['-tzf', file])).stdout.trim().split('\n');
      const outside = files.filter((path) => !path.startsWith('package/dist/')).sort();
      const inside = files.filter((path) => path.startsWith('package/dist/'));
      expect([name, outside]).toEqual([name, ['package/LICENSE', 'package/README.md', 'package/package.json']]);
      expect(inside.filter((path) => !/\.(js|js\.map|d\.ts)$|\/(cjs|esm)\/package\.json$/.test(path))).toEqual([]);
      expect(inside).toEqual(expect.arrayContaining(['cjs', 'esm'].flatMap(essentialsOf)));
    }
  });

  test('runs nothing when it is installed and asks for released versions', async () => {
    const manifests = await Promise.all([...tarballs.values()].map(manifestIn));
    const versions = new Set(manifests.map((manifest) => manifest.version));
    expect(versions.size).toBe(1);
    for (const { name, version, text, scripts, dependencies } of manifests) {
      expect([name, Object.keys(scripts ?? {}).filter((script) => INSTALL_SCRIPTS.includes(script))]).toEqual([
        name,
        [],
      ]);
      expect([name, /"(workspace|link|file|catalog):/.test(text)]).toEqual([name, false]);
      for (const [other, range] of Object.entries(dependencies ?? {})) {
        if (other.startsWith('@whodunit/')) expect([name, other, range]).toEqual([name, other, version]);
      }
    }
  });
});

describe('the release', () => {
  test('gives every package the same version, through one fixed group of changesets', () => {
    const config = JSON.parse(readFileSync(join(ROOT, '.changeset/config.json'), 'utf8'));
    expect(config.fixed).toEqual([[...tarballs.keys()]]);
  });
});

describe('in the project of a user', () => {
  let nest11: string;
  let nest12: string;
  let doors: string[];

  beforeAll(async () => {
    nest11 = await installProject('jest-nest11', tarballs);
    nest12 = await installProject('jest-nest12', tarballs);
    doors = Object.keys(jest.requireActual(join(ROOT, 'test/public-names.json')));
  }, 10 * MINUTES);

  test(
    'require and import give the same names of every package',
    async () => {
      const [required, imported] = await Promise.all(
        ['names.cjs', 'names.mjs'].map(async (file) => {
          const { stdout } = await run(nest11, process.execPath, [file, ...doors]);
          return JSON.parse(stdout) as Record<string, string[]>;
        }),
      );
      expect(Object.keys(imported ?? {})).toEqual(doors);
      for (const door of doors) {
        expect([door, imported?.[door]?.length]).not.toEqual([door, 0]);
        expect([door, imported?.[door]?.filter(isName)]).toEqual([door, required?.[door]?.filter(isName)]);
      }
    },
    MINUTES,
  );

  test(
    'what must be one per process is one, in the CommonJS and the ES module build',
    async () => {
      const { stdout } = await run(nest11, process.execPath, ['singletons.cjs']);
      expect(stdout).toBe('shared\n');
    },
    MINUTES,
  );

  test(
    'Jest of a Nest 11 application in CommonJS imports every package',
    async () => {
      await run(nest11, process.execPath, ['node_modules/jest/bin/jest.js', '--ci']);
    },
    2 * MINUTES,
  );

  test(
    'Jest of a Nest 12 application in ES modules imports every package',
    async () => {
      const env = { NODE_OPTIONS: '--experimental-vm-modules --no-warnings' };
      await run(nest12, process.execPath, ['node_modules/jest/bin/jest.js', '--ci'], env);
    },
    2 * MINUTES,
  );
});

const essentialsOf = (format: string) =>
  ['index.js', 'index.d.ts', 'package.json'].map((file) => `package/dist/${format}/${file}`);

/** What Node adds when an ES module imports CommonJS is not a name of ours. */
const isName = (name: string) => !['default', '__esModule', 'module.exports'].includes(name);

interface PackedManifest {
  readonly name: string;
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

async function manifestIn(file: string): Promise<PackedManifest & { readonly text: string }> {
  const text = (await run(ROOT, 'tar', ['-xzOf', file, 'package/package.json'])).stdout;
  return { ...(JSON.parse(text) as PackedManifest), text };
}
