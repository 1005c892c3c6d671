import { auditorWith, engineOf } from '../src/engine/auditor';
import { mergeRepeated } from '../src/http/repeats';
import { captureOf } from '../src/pure/build';
import type { Draft } from '../src/pure/draft';
import { fakeClock } from './support/fake-clock';
import { recordingSink } from './support/sinks';

const CAPTURE = captureOf('test', 'a test', 'changes', undefined);

/** An auditor, and a way to have requests refused: gives what was recorded by itself. */
function watching() {
  const clock = fakeClock();
  const sink = recordingSink();
  const auditor = auditorWith({ service: 'test', sinks: [sink], dispatch: { maxWaitMs: 0 } }, clock);
  const engine = engineOf(auditor);
  const refuse = (over: Partial<Draft>): boolean => {
    const draft: Draft = {
      id: engine.newId(),
      time: clock.now(),
      action: 'project.read',
      category: 'data',
      operation: 'read',
      outcome: 'denied',
      severity: 'low',
      actor: { type: 'anonymous' },
      source: { ip: '203.0.113.9' },
      request: { id: 'r', method: 'GET', route: '/projects/:id', status: 403 },
      resource: { type: 'project', id: '1' },
      capture: CAPTURE,
      ...over,
    };
    if (mergeRepeated(engine, draft)) return false;
    engine.submit(draft);
    return true;
  };
  const login = (claimed: string, over: Partial<Draft> = {}): boolean =>
    refuse({
      action: 'auth.login',
      category: 'auth',
      operation: 'execute',
      outcome: 'failure',
      actor: { type: 'anonymous', claimed },
      resource: undefined,
      request: { id: 'r', method: 'POST', route: '/login', status: 401 },
      ...over,
    });
  return { auditor, clock, login, refuse, sink };
}

const repeatedOf = (event: { readonly metadata?: Readonly<Record<string, unknown>> }) => event.metadata?.['repeated'];

test('the first is recorded at once, the repetitions of a minute as one with a count, first and last time', async () => {
  const { clock, login, sink } = watching();
  expect(login('jo@example.com')).toBe(true);
  await clock.advance(10_000);
  const first = new Date(clock.now()).toISOString();
  for (let i = 0; i < 4; i++) expect(login('jo@example.com')).toBe(false);
  await clock.advance(20_000);
  const last = new Date(clock.now()).toISOString();
  expect(login('jo@example.com')).toBe(false);
  await clock.advance(29_000);
  expect(sink.events).toHaveLength(1);
  await clock.advance(2_000);
  expect(sink.events).toMatchObject([
    { action: 'auth.login', outcome: 'failure', actor: { claimed: 'jo@example.com' } },
    {
      action: 'auth.login',
      actor: { claimed: 'jo@example.com' },
      source: { ip: '203.0.113.9' },
      request: { route: '/login' },
      metadata: { repeated: { count: 5, first, last } },
    },
  ]);
});

test('after its minute a source begins anew', async () => {
  const { clock, login, sink } = watching();
  login('jo');
  await clock.advance(61_000);
  expect(login('jo')).toBe(true);
  await clock.advance(61_000);
  expect(sink.events.map(repeatedOf)).toEqual([undefined, undefined]);
});

test('names tried one after the other are ten events and a count of the others, with how many names there were', async () => {
  const { clock, login, sink } = watching();
  for (let i = 0; i < 40; i++) expect(login(`user${i}`)).toBe(i < 10);
  await clock.advance(61_000);
  expect(sink.events).toHaveLength(11);
  const merged = sink.events.at(-1);
  expect(merged).toMatchObject({ action: 'auth.login', metadata: { repeated: { count: 30, identities: 30 } } });
  expect(merged?.actor).toEqual({ type: 'anonymous' });
});

test('what differs between the repetitions is not told of all of them', async () => {
  const { clock, refuse, sink } = watching();
  for (let i = 0; i < 25; i++) refuse({ resource: { type: 'project', id: String(i) } });
  await clock.advance(61_000);
  const merged = sink.events.at(-1);
  expect(merged).toMatchObject({ action: 'project.read', metadata: { repeated: { count: 15 } } });
  expect(merged?.resource).toEqual({ type: 'project' });
  expect(merged?.request).toBeUndefined();
});

test('refusals on more actions than are told apart have a common name', async () => {
  const { clock, refuse, sink } = watching();
  for (let i = 0; i < 40; i++)
    refuse({ action: `thing${i}.read`, request: { id: 'r', method: 'GET', route: `/${i}` } });
  await clock.advance(61_000);
  const merged = sink.events.slice(10);
  expect(merged).toHaveLength(11);
  expect(merged.at(-1)).toMatchObject({ action: 'request.denied', metadata: { repeated: { count: 20 } } });
  expect(merged.at(-1)?.resource).toBeUndefined();
});

test('a flood from ever new addresses leaves a bounded number of events, and everybody else is still heard', async () => {
  const { clock, login, refuse, sink } = watching();
  expect(refuse({ actor: { type: 'user', id: 'jane' }, source: { ip: '198.51.100.1' } })).toBe(true);
  let recorded = 0;
  for (let i = 0; i < 5_000; i++) {
    if (login(`user${i}`, { source: { ip: `2001:db8::${i.toString(16)}` } })) recorded += 1;
  }
  expect(recorded).toBeLessThanOrEqual(1_010);
  expect(refuse({ actor: { type: 'user', id: 'jane' }, source: { ip: '198.51.100.1' } })).toBe(false);
  await clock.advance(61_000);
  const merged = sink.events.filter((event) => repeatedOf(event) !== undefined);
  expect(merged).toMatchObject([
    { action: 'project.read', actor: { id: 'jane' }, metadata: { repeated: { count: 1 } } },
    { action: 'auth.login', metadata: { repeated: { count: 5_000 - recorded } } },
  ]);
  expect(merged[1]?.source).toBeUndefined();
});

test('what is no refusal is never counted in place of being recorded', () => {
  const { refuse } = watching();
  for (let i = 0; i < 3; i++) {
    expect(refuse({ outcome: 'success' })).toBe(true);
    expect(refuse({ outcome: 'failure' })).toBe(true);
    expect(refuse({ outcome: 'unknown' })).toBe(true);
  }
});

test('what was counted is told when the auditor closes before the minute is over', async () => {
  const { auditor, clock, login, sink } = watching();
  for (let i = 0; i < 3; i++) login('jo');
  const closing = auditor.close();
  await clock.advance(1_000);
  await closing;
  expect(sink.events.map(repeatedOf)).toMatchObject([undefined, { count: 2 }]);
});
