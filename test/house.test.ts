import { checkHouse } from './house/check';
import { importsOf, type Manifest, type ModuleFile, readWorkspace, type Workspace } from './house/workspace';

describe('the house', () => {
  test('imports run down, never up, sideways, deep, undeclared or in a circle', () => {
    expect(checkHouse(readWorkspace())).toEqual([]);
  });

  test('reads the real workspace', () => {
    const { files, manifests } = readWorkspace();
    const names = manifests.map((manifest) => manifest.name);
    expect(names).toEqual(expect.arrayContaining(['@whodunit/core', '@whodunit/express', '@whodunit/test-support']));
    const sink = files.find((file) => file.path === 'packages/core/src/model/sink.ts');
    expect(sink?.imports).toContain('./errors.js');
    expect(files.some((file) => file.path.includes('node_modules'))).toBe(false);
  });
});

describe('the house rules', () => {
  test.each([
    ['model imports pure', 'core/src/model/event.ts', '../pure/seal.js', 'goes up'],
    ['model imports a builtin', 'core/src/model/event.ts', 'node:util', 'imports nothing but `model`'],
    ['model imports a library', 'core/src/model/event.ts', 'on-finished', 'imports nothing but `model`'],
    ['pure imports the engine', 'core/src/pure/seal.ts', '../engine/journal.js', 'goes up'],
    ['pure reads a file', 'core/src/pure/seal.ts', 'node:fs', 'no clock and no I/O'],
    ['pure uses a library', 'core/src/pure/seal.ts', 'on-finished', 'no clock and no I/O'],
    ['the engine imports http', 'core/src/engine/journal.ts', '../http/index.js', 'goes up'],
    ['a room imports the door', 'core/src/engine/journal.ts', '../index.js', 'goes up'],
    ['core has a new folder', 'core/src/attic/box.ts', '../model/event.js', 'give it a floor'],
    ['core imports a framework', 'core/src/engine/journal.ts', '@whodunit/express', 'goes up or sideways'],
    ['a framework imports a sink', 'express/src/index.ts', '@whodunit/sink-file', 'goes up or sideways'],
    ['a sink imports a framework', 'sink-file/src/index.ts', '@whodunit/express', 'goes up or sideways'],
    ['a sink imports a sink', 'sink-http/src/index.ts', '@whodunit/sink-file', 'goes up or sideways'],
    ['testing imports a sink', 'testing/src/index.ts', '@whodunit/sink-file', 'goes up or sideways'],
    ['a package has no floor', 'gadget/src/index.ts', '@whodunit/core', 'has no floor'],
    ['an import goes deep', 'express/src/index.ts', '@whodunit/core/dist/cjs/index.js', 'deep'],
    ['a test goes deep', 'express/test/a.test.ts', '@whodunit/core/src/engine/journal', 'deep'],
    ['an import is undeclared', 'express/src/index.ts', 'lodash', 'is not declared'],
    ['a source uses a development dependency', 'express/src/index.ts', 'supertest', 'is not declared'],
    ['a source uses the test kit', 'sink-file/src/index.ts', '@whodunit/testing', 'goes up or sideways'],
    ['an import leaves its package', 'express/src/index.ts', '../../core/src/index.js', 'leaves its package'],
    ['a test leaves its package', 'express/test/a.test.ts', '../../core/src/index', 'leaves its package'],
    ['a source imports a test', 'express/src/index.ts', '../test/a.test.js', 'not published'],
    ['a builtin has no prefix', 'express/src/index.ts', 'fs', 'write `node:fs`'],
  ])('fail when %s', (_title, path, specifier, problem) => {
    const file = { path: `packages/${path}`, imports: [specifier] };
    const problems = checkHouse(workspaceWith(file));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${file.path} imports ${specifier}`);
    expect(problems[0]).toContain(problem);
  });

  test.each([
    ['a lower floor', 'core/src/engine/journal.ts', '../pure/seal.js'],
    ['the engine from http', 'core/src/http/index.ts', '../engine/journal.js'],
    ['a pure builtin', 'core/src/pure/seal.ts', 'node:crypto'],
    ['every floor from the door', 'core/src/index.ts', './engine/journal.js'],
    ['core from a framework', 'express/src/index.ts', '@whodunit/core/http'],
    ['a peer dependency', 'express/src/index.ts', 'express'],
    ['a development dependency in a test', 'express/test/a.test.ts', 'supertest'],
    ['the own package by name in a test', 'express/test/a.test.ts', '@whodunit/express'],
  ])('allow %s', (_title, path, specifier) => {
    expect(checkHouse(workspaceWith({ path: `packages/${path}`, imports: [specifier] }))).toEqual([]);
  });

  test('fail on a circle of files', () => {
    const files = [
      { path: 'packages/core/src/pure/rules.ts', imports: ['./words.js'] },
      { path: 'packages/core/src/pure/words.ts', imports: ['./rules.js'] },
    ];
    expect(checkHouse(workspaceWith(...files))).toEqual([
      'circle of files: packages/core/src/pure/rules.ts -> packages/core/src/pure/words.ts -> packages/core/src/pure/rules.ts',
    ]);
  });

  test('fail on a circle of packages, development dependencies aside', () => {
    const a = { folder: 'packages/a', name: 'a', dependencies: { b: '*' } };
    const circle = [a, { folder: 'packages/b', name: 'b', peerDependencies: { a: '*' } }];
    const none = [a, { folder: 'packages/b', name: 'b', devDependencies: { a: '*' } }];
    expect(checkHouse({ files: [], manifests: circle })).toEqual(['circle of packages: a -> b -> a']);
    expect(checkHouse({ files: [], manifests: none })).toEqual([]);
  });

  test('see every way to import', () => {
    const text = `
      import a from 'a'; import type { B } from 'b'; export * from 'c'; import 'd';
      const e = require('e'); const f = await import('f'); type G = import('g').G; import h = require('h');`;
    expect(importsOf(text).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  });
});

/** A small sound workspace, with some files replaced or added. */
function workspaceWith(...changed: readonly ModuleFile[]): Workspace {
  const paths = ['model/event.ts', 'pure/seal.ts', 'engine/journal.ts', 'http/index.ts', 'index.ts'];
  const sound = paths.map((path) => ({ path: `packages/core/src/${path}`, imports: [] }));
  const kept = sound.filter((file) => changed.every((other) => other.path !== file.path));
  return { files: [...kept, ...changed], manifests: MANIFESTS };
}

const core = { '@whodunit/core': 'workspace:*' };
const door = { '.': './index.js' };

const MANIFESTS: readonly Manifest[] = [
  {
    folder: 'packages/core',
    name: '@whodunit/core',
    exports: { '.': '', './http': '', './package.json': '' },
    dependencies: { 'on-finished': '2' },
  },
  {
    folder: 'packages/express',
    name: '@whodunit/express',
    exports: door,
    dependencies: core,
    peerDependencies: { express: '5' },
    devDependencies: { supertest: '7' },
  },
  { folder: 'packages/sink-file', name: '@whodunit/sink-file', exports: door, dependencies: core },
  { folder: 'packages/sink-http', name: '@whodunit/sink-http', exports: door, dependencies: core },
  { folder: 'packages/testing', name: '@whodunit/testing', exports: door, dependencies: core },
  { folder: 'packages/gadget', name: '@whodunit/gadget', exports: door, dependencies: core },
];
