import { count } from './tools/lib/count.mjs';
import { schedule, select } from './tools/lib/schedule.mjs';

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('the gate', () => {
  const good = { numPassedTests: 3, numFailedTests: 0, numRuntimeErrorTestSuites: 0, numPendingTests: 0 };
  const sound = { ...good, numTodoTests: 0, numTotalTests: 3, success: true };

  test('counts what Jest says', () => {
    expect(count(sound, true)).toMatchObject({ ok: true, passed: 3, failed: 0 });
  });

  test.each([
    ['a failed test', { numFailedTests: 1 }, true],
    ['a suite that cannot start', { numRuntimeErrorTestSuites: 1 }, true],
    ['a skipped test', { numPendingTests: 1 }, true],
    ['a test that is still to be written', { numTodoTests: 1 }, true],
    ['a run without tests', { numPassedTests: 0, numTotalTests: 0 }, true],
    ['a failure that Jest does not explain', { success: false }, true],
    ['an exit code that nothing explains', {}, false],
  ])('fails on %s', (_title, changed, exitedWell) => {
    expect(count({ ...sound, ...changed }, exitedWell)).toMatchObject({ ok: false, failed: 1 });
  });

  test('goes on after a failed step, except with the steps that need it', async () => {
    const { ran, reported } = await play([
      step('a'),
      step('b', { fails: true }),
      step('c', { needs: ['b'] }),
      step('d'),
    ]);
    expect(ran.sort()).toEqual(['a', 'b', 'd']);
    expect(reported).toEqual({ a: true, b: false, c: false, d: true });
  });

  test('reports a step that throws as failed', async () => {
    const broken = { ...step('a'), run: () => Promise.reject(new Error('broken')) };
    expect((await play([broken])).reported).toEqual({ a: false });
  });

  test('runs two steps at a time, and one that is alone by itself', async () => {
    const { together } = await play([step('a'), step('b'), step('c'), step('d', { alone: true }), step('e')]);
    expect(Math.max(...together.values())).toBe(2);
    expect(together.get('d')).toBe(1);
  });

  test('runs a named step and what it needs, and refuses a name that it does not know', () => {
    const steps = [
      step('install'),
      step('build', { needs: ['install'] }),
      step('lint'),
      step('pack', { needs: ['build'] }),
    ];
    expect(select(steps, ['pack']).map((one: Step) => one.name)).toEqual(['install', 'build', 'pack']);
    expect(select(steps, [])).toBe(steps);
    expect(() => select(steps, ['lnit'])).toThrow('There is no step lnit. Steps: install, build, lint, pack.');
  });
});

interface Step {
  readonly name: string;
  readonly needs: readonly string[];
  readonly alone: boolean;
  readonly run: () => Promise<{ ok: boolean; output: string }>;
}

let played: { running: number; ran: string[]; together: Map<string, number> };

function step(name: string, { needs = [] as string[], alone = false, fails = false } = {}): Step {
  const run = async () => {
    played.ran.push(name);
    played.running += 1;
    await pause();
    played.together.set(name, played.running);
    await pause();
    played.running -= 1;
    return { ok: !fails, output: '' };
  };
  return { name, needs, alone, run };
}

/** Runs made-up steps; says which ran, how many ran with each, and what was reported. */
async function play(steps: readonly Step[]) {
  played = { running: 0, ran: [], together: new Map() };
  const reported: Record<string, boolean> = {};
  await schedule([...steps], { report: ({ name }: Step, { ok }: { ok: boolean }) => (reported[name] = ok) });
  return { ...played, reported };
}
