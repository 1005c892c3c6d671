import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@whodunit/test-support/postgres';
import { ROOT } from './house/workspace';
import { type ReadmeBlock, readBlocks, readmes, sortBlocks } from './readme/blocks';
import { compile, prepareFolder, syntaxProblems } from './readme/program';
import { printedObjects, type Run, run } from './readme/run';

const blocks = readmes().map(readBlocks);
const runnable = blocks.flatMap((readme) => readme.runnable);
const fragments = blocks.flatMap((readme) => readme.fragments);

/** READMEs that nobody wrote, to prove that the test below can fail. */
const madeUp = {
  wrongType: block('wrong-type', "import { AuditError } from '@whodunit/core';\nnew AuditError(1, 'x');"),
  throwing: block('throwing', "await Promise.reject(new Error('broken'));"),
  otherKeys: block('other-keys', 'console.log(JSON.stringify({ id: 2 }));', '{ "id": "1", "action": "x" }'),
  sound: block(
    'sound',
    "import { AuditError } from '@whodunit/core';\nconsole.log(JSON.stringify({ code: new AuditError('AUDIT_CLOSED', 'x').code }));",
    '{ "code": "AUDIT_CLOSED" }',
  ),
  server: block('server', "import { createServer } from 'node:http';\ncreateServer().listen(process.env.PORT);"),
};

let folder: string;
let complaints: Map<string, string[]>;
let runs: Map<string, Promise<Run>>;

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'test/tools/build.mjs')]);
  folder = mkdtempSync(join(tmpdir(), 'whodunit-readme-'));
  const programs = [...runnable, ...Object.values(madeUp)];
  prepareFolder(folder, programs);
  complaints = compile(folder, programs);
  runs = startAll(programs);
}, 180_000);

afterAll(async () => {
  await Promise.allSettled(runs.values());
  rmSync(folder, { recursive: true, force: true });
});

describe('code in a README', () => {
  test('is there to be run', () => {
    expect(runnable.length).toBeGreaterThan(0);
  });

  for (const one of runnable) {
    test(`runs: ${one.title}`, async () => {
      expect(complaints.get(one.fileName)).toBeUndefined();
      expectWell(await resultOf(one), one);
    }, 180_000);
  }

  for (const one of fragments) {
    test(`is TypeScript: ${one.title}`, () => {
      expect(syntaxProblems(one.code)).toEqual([]);
    });
  }
});

describe('the README test', () => {
  test('fails on code that does not compile', () => {
    expect(complaints.get(madeUp.wrongType.fileName)).toEqual([expect.stringContaining('line 2')]);
  });

  test('fails on code that throws', async () => {
    const result = await resultOf(madeUp.throwing);
    expect(result.stderr).toContain('broken');
    expect(() => expectWell(result, madeUp.throwing)).toThrow();
  }, 180_000);

  test('fails when something else is printed than the README shows', async () => {
    const result = await resultOf(madeUp.otherKeys);
    expect(result.end).toBe(0);
    expect(() => expectWell(result, madeUp.otherKeys)).toThrow();
  }, 180_000);

  test('passes code that runs against the built packages and prints what it says', async () => {
    expect(complaints.get(madeUp.sound.fileName)).toBeUndefined();
    expectWell(await resultOf(madeUp.sound), madeUp.sound);
  }, 180_000);

  test('passes a server that keeps running', async () => {
    expect((await resultOf(madeUp.server)).end).toBe('healthy');
  }, 180_000);

  test('fails on a fragment that is not TypeScript', () => {
    expect(syntaxProblems('app.use(audit({ ... });')).not.toEqual([]);
  });

  test('refuses an info string that would go unchecked', () => {
    expect(() => sortBlocks('README.md', '```ts ignore\n```\n')).toThrow('README.md:1');
  });

  test('finds printed objects on one line and on several', () => {
    expect(printedObjects('a\n{"x":1}\n{\n  "y": { "z": 2 }\n}\nb\n')).toEqual([{ x: 1 }, { y: { z: 2 } }]);
  });
});

/** A made-up README with one block, and what it says that it prints. */
function block(name: string, code: string, prints?: string): ReadmeBlock {
  const printed = prints === undefined ? '' : `\`\`\`json printed\n${prints}\n\`\`\`\n`;
  const [only] = sortBlocks(`made-up/${name}/README.md`, `\`\`\`ts\n${code}\n\`\`\`\n\n${printed}`).runnable;
  if (only === undefined) throw new Error('The made-up README has no block.');
  return only;
}

/** Runs every program that compiles, each with an empty database of its own, three at a time. */
function startAll(programs: readonly ReadmeBlock[]): Map<string, Promise<Run>> {
  const lanes = [0, 1, 2].map((): Promise<unknown> => Promise.resolve());
  return new Map(
    programs
      .filter(({ fileName }) => !complaints.has(fileName))
      .map(({ fileName }, i) => {
        const result = (lanes[i % 3] ?? Promise.resolve()).then(async () => {
          const env = { DATABASE_URL: await createTestDatabase(), PORT: '0' };
          return run(folder, fileName.replace(/\.mts$/, '.mjs'), env);
        });
        lanes[i % 3] = result.catch(() => undefined);
        return [fileName, result] as const;
      }),
  );
}

async function resultOf({ fileName }: ReadmeBlock): Promise<Run> {
  const result = runs.get(fileName);
  if (result === undefined) throw new Error(`${fileName} did not compile.`);
  return result;
}

function expectWell({ end, stderr, stdout }: Run, { prints }: ReadmeBlock): void {
  if (end !== 'healthy') expect({ end, stderr }).toEqual({ end: 0, stderr });
  if (typeof prints !== 'object' || prints === null) return;
  const keys = (value: object) => Object.keys(value).sort();
  expect(printedObjects(stdout).map(keys)).toContainEqual(keys(prints));
}
