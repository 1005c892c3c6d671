import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './house/workspace';
import { type Door, readDoors, readNames, retiredWords } from './names/public-names';

const LIST = join(ROOT, 'test/public-names.json');

describe('public names', () => {
  let doors: Door[];

  beforeAll(() => {
    doors = readDoors();
  }, 60_000);

  test('are exactly those of test/public-names.json; UPDATE_PUBLIC_NAMES=1 rewrites it', () => {
    const names = Object.fromEntries(doors.map((door) => [door.specifier, door.names]));
    if (process.env['UPDATE_PUBLIC_NAMES'] === '1') writeFileSync(LIST, `${JSON.stringify(names, undefined, 2)}\n`);
    expect(names).toEqual(jest.requireActual(LIST));
  });

  test('come from every package', () => {
    expect(doors.filter((door) => door.names.length === 0).map((door) => door.specifier)).toEqual([]);
  });

  test('each have a doc comment', () => {
    const bare = doors.flatMap((door) => door.undocumented.map((name) => `${door.specifier}: ${name}`));
    expect(bare).toEqual([]);
  });

  test('use no word that the glossary retired', () => {
    const names = doors.flatMap((door) => door.names);
    expect(names.filter((name) => retiredWords(name).length > 0)).toEqual([]);
  });
});

describe('the check of public names', () => {
  test('finds a missing doc comment behind a re-export', () => {
    const folder = mkdtempSync(join(tmpdir(), 'whodunit-names-'));
    try {
      const file = join(folder, 'index.ts');
      writeFileSync(join(folder, 'rooms.ts'), '/** Said. */\nexport const told = 1;\nexport interface Bare {}\n');
      writeFileSync(file, "export { told, type Bare } from './rooms';\n");
      const [door] = readNames([{ specifier: 'made-up', file }], { noLib: true, types: [] });
      expect(door).toEqual({ specifier: 'made-up', names: ['Bare', 'told'], undocumented: ['Bare'] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ['AuditLogger', ['logger']],
    ['fileTransportOptions', ['transport']],
    ['AuditRecord', ['record']],
    ['Entities', ['entities']],
    ['recordDurable', []],
    ['AuditEvent', []],
    ['restore', []],
  ])('of %s finds %j', (name, words) => {
    expect(retiredWords(name)).toEqual(words);
  });
});
