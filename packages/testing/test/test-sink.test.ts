import { type SinkHarness, type TestSinkOptions, testSink } from '@whodunit/testing';
import { FAULTS, leaked } from './support/faults.js';
import { modelHarness } from './support/model-sink.js';

afterEach(() => {
  for (const timer of leaked.splice(0)) clearInterval(timer);
});

describe('a correct sink that is idempotent', () => {
  testSink({ test, create: () => modelHarness() });
});

describe('a correct sink that is not idempotent', () => {
  testSink({ test, create: () => modelHarness({ idempotent: false, sink: () => ({}) }) });
});

describe('a correct sink on a store that cannot be repaired, stalled or asked to refuse', () => {
  testSink({ test, create: () => withoutAbilities(modelHarness()) });
});

describe('a faulty sink fails its clause and no other:', () => {
  for (const [name, fault] of Object.entries(FAULTS)) {
    test(`one that ${name} fails ${fault.fails.join(', ')}`, async () => {
      const failures = await failuresOf({ create: () => modelHarness(fault), createBroken: () => broken(fault) });
      expect([...failures.keys()]).toEqual(fault.fails);
    }, 30_000);
  }

  test('there is a faulty sink for each clause', () => {
    const alone = Object.values(FAULTS).flatMap(({ fails }) => (fails.length === 1 ? fails : []));
    expect([...new Set(alone)]).toEqual(titlesOf().map(clauseOf));
  });

  test('a sink that changes frozen events throws at its own line', async () => {
    const failures = await failuresOf({
      create: () =>
        modelHarness({
          sink: (correct) => ({
            async write(events, delivery) {
              for (const event of events) (event as { severity: string }).severity = 'low';
              await correct.write(events, delivery);
            },
          }),
        }),
    });
    expect(failures.get('W6')).toMatchObject({ message: expect.stringContaining('read only property') });
    expect((failures.get('W6') as Error).stack).toContain('test-sink.test.ts');
  });
});

test('a sink that hangs fails within timeoutMs and is still disposed of', async () => {
  let made = 0;
  let disposed = 0;
  const failures = await failuresOf({
    timeoutMs: 100,
    create() {
      made++;
      const harness = modelHarness({ sink: () => ({ write: () => new Promise(() => undefined) }) });
      return { ...harness, dispose: () => void disposed++ };
    },
  });
  expect(failures.get('W1')).toMatchObject({ message: 'write did not settle within 100 ms' });
  expect(disposed).toBe(made);
});

test('a bad configuration may fail already when the sink is made, if it says why', async () => {
  const failuresWith = (reason: unknown) =>
    failuresOf({
      create: () => modelHarness(),
      createBroken() {
        throw reason;
      },
    });
  expect([...(await failuresWith(new Error('there is no such folder'))).keys()]).toEqual([]);
  expect([...(await failuresWith('no')).keys()]).toEqual(['O1']);
});

test('one test per clause, in the order of the contract', () => {
  expect(titlesOf().map(clauseOf)).toEqual('W1 W2 W3 W4 W5 W6 W7 E1 E2 E3 E4 O1 L1 L2 L3'.split(' '));
  expect(titlesOf()).toContain('sink conformance · W4 redelivery of the same batch');
});

test('an exception stays in the list, with its reason in the title', async () => {
  const except = { W5: 'the driver cannot be interrupted' };
  expect(titlesOf({ except })).toContain(
    'sink conformance · W5 an aborted signal stops a write: not met, because the driver cannot be interrupted',
  );
  const ignoring = FAULTS['ignores the signal'];
  const failures = await failuresOf({ create: () => modelHarness(ignoring), except });
  expect([...failures.keys()]).toEqual([]);
});

test('an option that is wrong is refused at the door', () => {
  const create = () => modelHarness();
  expect(() => testSink({ test, create, timeoutMS: 5 } as TestSinkOptions)).toThrow('Did you mean `timeoutMs`?');
  expect(() => testSink({ test, create, except: { W9: 'no' } } as TestSinkOptions)).toThrow('unknown option `W9`');
  expect(() => testSink({ test, create, except: { W5: '' } })).toThrow('`W5` must be a non-empty string');
});

async function broken(fault: (typeof FAULTS)[string]): Promise<SinkHarness> {
  const harness = modelHarness(fault);
  await harness.breakBackend();
  return harness;
}

function withoutAbilities({ sink, stored, breakBackend, dispose }: SinkHarness): SinkHarness {
  return { sink, stored, breakBackend, dispose };
}

function titlesOf(options: Partial<TestSinkOptions> = {}): string[] {
  const titles: string[] = [];
  testSink({ create: () => modelHarness(), ...options, test: (title) => titles.push(title) });
  return titles;
}

function clauseOf(title: string): string {
  return title.split(' ')[3] ?? '';
}

/** Runs the kit with a runner of three lines, and returns what failed, by clause. */
async function failuresOf(options: Omit<TestSinkOptions, 'test'>): Promise<Map<string, unknown>> {
  const tests: [string, () => Promise<void>][] = [];
  testSink({ timeoutMs: 3000, ...options, test: (title, run) => tests.push([clauseOf(title), run]) });
  const failures = new Map<string, unknown>();
  for (const [clause, run] of tests) await run().catch((error: unknown) => failures.set(clause, error));
  return failures;
}
