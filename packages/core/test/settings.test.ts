import { AuditError, createAuditor, DEFAULTS, type Sink } from '@whodunit/core';
import { resolveSettings } from '../src/engine/settings';

const sink: Sink = { name: 's', idempotent: true, write: async () => undefined };

describe('options', () => {
  test.each<[string, unknown, RegExp]>([
    ['a misspelt option', { redcat: {} }, /unknown option `redcat`. Did you mean `redact`\?/],
    ['an unknown option', { elephants: 1 }, /unknown option `elephants`. Known options: service/],
    ['no object', 'x', /expected an options object, got a string/],
    ['sinks that are no list', { sinks: sink }, /`sinks` must be a list/],
    ['no sinks in the list', { sinks: [] }, /`sinks` is empty/],
    [
      'something that is no sink',
      { sinks: [{ name: 's', write() {} }] },
      /\[0\] is a sink: an object with `name`, `idempotent`/,
    ],
    ['two sinks of one name', { sinks: [sink, { ...sink }] }, /two sinks are called `s`/],
    ['too much concurrency', { sinks: [{ ...sink, concurrency: 9 }] }, /`concurrency` from 1 to 4/],
    ['a rule without level', { rules: [{ when: {} }] }, /rules\[0\]: `level` is missing/],
    ['a level that does not exist', { rules: [{ level: 'all' }] }, /`level` must be one of 'none'/],
    ['a misspelt match', { rules: [{ when: { actoin: 'x' }, level: 'none' }] }, /Did you mean `action`\?/],
    ['a path that is no pointer', { redact: { paths: ['card.number'] } }, /starts with `\/`/],
    [
      'a number that is text',
      { dispatch: { maxWaitMs: '1s' } },
      /`maxWaitMs` must be a whole number from 0 to 60000, got a string/,
    ],
    [
      'retry limits the wrong way round',
      { dispatch: { minRetryMs: 100, maxRetryMs: 10 } },
      /`minRetryMs` \(100\) is above/,
    ],
    ['a service without name', { service: { version: '1' } }, /service: `name` is missing/],
    ['a journal that is too small', { journal: { maxEvents: 1 } }, /`maxEvents` must be a whole number from 10/],
    [
      'a loader that is no function',
      { resources: { project: { load: 1 } } },
      /resources.project: `load` must be a function/,
    ],
    ['an empty secret as value', { service: '' }, /`service` must be a non-empty string or an object/],
  ])('with %s are refused by name, with the fix', (_, options, message) => {
    const make = () => createAuditor(options as never);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }));
  });

  test('are complete, frozen, and never the caller’s own object', () => {
    const given = { sinks: [sink], dispatch: { maxWaitMs: 5, maxBatchBytes: undefined } };
    const settings = resolveSettings(given as never);
    expect(settings.dispatch).toEqual({ ...DEFAULTS.dispatch, maxWaitMs: 5 });
    expect(settings.journal).toEqual(DEFAULTS.journal);
    expect(Object.isFrozen(settings) && Object.isFrozen(settings.dispatch) && Object.isFrozen(settings.sinks)).toBe(
      true,
    );
    expect(given).toEqual({ sinks: [sink], dispatch: { maxWaitMs: 5, maxBatchBytes: undefined } });
  });

  test('cannot be poisoned through their keys', () => {
    expect(() => createAuditor(JSON.parse('{"__proto__":{"x":1}}'))).toThrow(/unknown option/);
    expect(() => createAuditor({ sinks: [sink], dispatch: JSON.parse('{"constructor":1}') })).toThrow(
      /unknown option `constructor`/,
    );
  });

  test('never show a value that may be a secret', () => {
    try {
      createAuditor({ service: 's', sinks: 'postgres://user:hunter2@db' } as never);
    } catch (error) {
      expect(error).toBeInstanceOf(AuditError);
      expect((error as Error).message).not.toContain('hunter2');
    }
    expect.assertions(2);
  });
});
