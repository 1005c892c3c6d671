import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@whodunit/core';
import { defaultTags, statedValue, unionMembers } from './docs/declarations';
import { codeBlocks, tableKeys } from './docs/markdown';
import { ROOT } from './house/workspace';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('the documentation of core', () => {
  test('has every error code in the table of its README, and no other', () => {
    const codes = unionMembers(read('packages/core/src/model/errors.ts'), 'AuditErrorCode');
    const documented = tableKeys(read('packages/core/README.md')).filter((key) => key.startsWith('AUDIT_'));
    expect(codes.length).toBeGreaterThan(5);
    expect([...new Set(documented)].sort()).toEqual([...codes].sort());
  });

  test.each([
    ['JournalOptions', 'journal'],
    ['DispatchOptions', 'dispatch'],
  ] as const)('states the defaults of %s as they are', (name, group) => {
    expect(statedDefaults('packages/core/src/model/options.ts', name)).toEqual(core.DEFAULTS[group]);
  });
});

describe('the documentation of options', () => {
  test.each([
    ['sink-file/src/options.ts', 'DEFAULTS', ['FileSinkOptions', 'RotateOptions'], []],
    ['sink-postgres/src/options.ts', 'DEFAULTS', ['PostgresSinkOptions'], ['schema', 'table']],
    ['sink-postgres/src/place.ts', 'PLACE_DEFAULTS', ['PostgresPlace'], []],
    ['sink-http/src/options.ts', 'HTTP_SINK_DEFAULTS', ['HttpSinkOptions'], []],
    ['sink-http/src/receiver.ts', 'WEBHOOK_RECEIVER_DEFAULTS', ['WebhookReceiverOptions'], ['toleranceSeconds']],
  ])('in %s states %s as they are', (file, constant, interfaces, inherited: readonly string[]) => {
    const path = `packages/${file}`;
    const defaults: Record<string, unknown> = jest.requireActual(join(ROOT, path))[constant];
    const stated = Object.assign({}, ...interfaces.map((name) => statedDefaults(path, name)));
    const tagged = interfaces.flatMap((name) => Object.keys(defaultTags(read(path), name)));
    expect(Object.keys(stated)).not.toEqual([]);
    expect(stated).toEqual(Object.fromEntries(Object.keys(stated).map((key) => [key, defaults[key]])));
    expect(tagged).toEqual(expect.arrayContaining(Object.keys(defaults).filter((key) => !inherited.includes(key))));
  });
});

describe('what the documentation tests read', () => {
  const text = `
    export type Color = 'red' | 'blue';
    export interface Options {
      /** How long. @default 1000 */
      readonly waitMs?: number;
      /** @default 'batch' */
      fsync?: string;
      /** @default the host name */
      instance?: string;
      bare?: boolean;
    }`;

  test('is every member of a union of strings', () => {
    expect(unionMembers(text, 'Color')).toEqual(['red', 'blue']);
    expect(() => unionMembers(text, 'Colour')).toThrow('no declaration of Colour');
  });

  test('is every @default tag of an interface', () => {
    const tags = defaultTags(text, 'Options');
    expect(tags).toEqual({ waitMs: '1000', fsync: "'batch'", instance: 'the host name' });
    expect(Object.values(tags).map(statedValue)).toEqual([1000, 'batch', undefined]);
  });

  test('is the first column of tables', () => {
    expect(tableKeys('Say `no`.\n\n| code | do |\n| --- | --- |\n| `A`, `B` | `C` |\n')).toEqual(['A', 'B']);
  });

  test('is every fenced block with its line', () => {
    expect(codeBlocks('x\n```ts fragment\na();\n```\n\n````md\n```\n````\n')).toEqual([
      { info: 'ts fragment', code: 'a();\n', line: 2 },
      { info: 'md', code: '```\n', line: 6 },
    ]);
    expect(() => codeBlocks('```ts\na();\n')).toThrow('never closed');
  });
});

/** The defaults that an interface's `@default` tags state as values; those stated in words are left out. */
function statedDefaults(path: string, name: string): Record<string, unknown> {
  const tags = Object.entries(defaultTags(read(path), name)).map(([key, tag]) => [key, statedValue(tag)] as const);
  return Object.fromEntries(tags.filter(([, value]) => value !== undefined));
}
