import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { AuditError, SinkError } from '@whodunit/core';
import { type FileSinkOptions, fileSink } from '../src/index.js';
import { DEFAULTS, resolveOptions } from '../src/options.js';

test.each<[string, unknown, string]>([
  ['no options', undefined, 'expected an options object'],
  ['no path', {}, '`path` is missing'],
  ['an empty path', '', '`path` must be the path of a file'],
  ['a path that ends in a slash', '/var/log/', '`path` must be the path of a file'],
  ['a path with a NUL', '/var/log/a\0b', '`path` must be the path of a file'],
  ['a misspelt option', { path: 'a', fsnc: 'off' }, 'Did you mean `fsync`?'],
  ['an unknown policy', { path: 'a', fsync: 'always' }, "one of 'batch', 'interval', 'off'"],
  ['an interval of nothing', { path: 'a', fsyncIntervalMs: 5 }, "without `fsync: 'interval'`"],
  ['an interval of 0 ms', { path: 'a', fsync: 'interval', fsyncIntervalMs: 0 }, 'a whole number from 1'],
  ['rotation without a limit', { path: 'a', rotate: { gzip: true } }, 'Give `maxBytes`, `interval` or both'],
  ['rotation by the week', { path: 'a', rotate: { interval: 'week' } }, "one of 'hour', 'day'"],
  ['a misspelt rotation option', { path: 'a', rotate: { maxByte: 1 } }, 'Did you mean `maxBytes`?'],
  ['keeping no file', { path: 'a', rotate: { maxBytes: 1, maxFiles: 0 } }, '`maxFiles` must be a whole number from 1'],
  ['a listener that is none', { path: 'a', onWarning: 'log' }, '`onWarning` must be a function'],
])('refuses %s', (_what, options, message) => {
  const make = () => fileSink(options as FileSinkOptions);
  expect(make).toThrow(AuditError);
  expect(make).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }));
  expect(make).toThrow(message);
});

test('says its name and that it is not idempotent', () => {
  expect(fileSink('audit.ndjson')).toMatchObject({ name: 'file', idempotent: false });
  expect(fileSink({ path: 'audit.ndjson', name: 'archive' }).name).toBe('archive');
});

test('takes a relative path from the working directory of the moment', () => {
  const settings = resolveOptions(relative(process.cwd(), '/srv/audit.ndjson'));
  expect(settings.path).toBe(resolve('/srv/audit.ndjson'));
});

test('never changes the options', () => {
  const options = Object.freeze({ path: 'a', rotate: Object.freeze({ maxBytes: 5 }) });
  expect(Object.isFrozen(resolveOptions(options))).toBe(true);
});

test('the defaults are those that the doc comments name', () => {
  const source = readFileSync(join(__dirname, '../src/options.ts'), 'utf8');
  for (const [name, value] of Object.entries(DEFAULTS)) {
    const [, comment = ''] = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s*readonly ${name}\\?:`).exec(source) ?? [];
    expect(comment).toContain(`@default ${typeof value === 'string' ? `'${value}'` : value}`);
  }
});

test('a listener that throws does not hide the warning', async () => {
  const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const onWarning = () => {
    throw new Error('listener');
  };
  resolveOptions({ path: 'a', onWarning }).warn(new SinkError('moved', { kind: 'retryable' }));
  expect(emitWarning).toHaveBeenCalledWith('moved', { type: 'AuditWarning', code: 'AUDIT_SINK_FAILED' });
  emitWarning.mockRestore();
});
