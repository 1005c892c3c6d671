import { setTimeout as sleep } from 'node:timers/promises';
import { createAuditor, type Sink } from '@whodunit/core';
import { audit, type ExpressAuditOptions } from '@whodunit/express';
import { faultSink, memorySink } from '@whodunit/testing';
import type express5 from 'express';
import type { RequestHandler } from 'express';
import { manyRequests, manyRoutes } from './support/many-routes';
import { rawExchange } from './support/raw';
import { listening } from './support/running';
import { VERSIONS } from './support/versions';

const never = () => new Promise<never>(() => undefined);
const reject = async () => Promise.reject(new Error('broken'));
const explode = () => {
  throw new Error('broken');
};
const garbage = (write: unknown): Sink => ({ name: 'garbage', idempotent: true, write: write as Sink['write'] });
const loading = (load: () => unknown): ExpressAuditOptions => ({ resources: { project: { load } } });

/** Everything that can go wrong on our side, and the application must not notice. */
const TROUBLES: Readonly<Record<string, () => ExpressAuditOptions>> = {
  'nothing wrong': () => ({}),
  'every rule at its fullest': () => ({ rules: [{ level: 'full' }] }),
  'a sink that throws': () => ({ sinks: [faultSink({ fault: 'throw' })] }),
  'a sink that rejects': () => ({ sinks: [faultSink({ fault: 'reject' })] }),
  'a sink that hangs': () => ({ sinks: [faultSink({ fault: 'stuck' })] }),
  'a sink that cannot open': () => ({ sinks: [{ ...memorySink(), open: reject }] }),
  'a sink that returns nothing': () => ({ sinks: [garbage(() => undefined)] }),
  'a sink that returns garbage': () => ({ sinks: [garbage(() => 'stored')] }),
  'a sink that throws garbage': () => ({
    sinks: [
      garbage(() => {
        throw undefined;
      }),
    ],
  }),
  'resolvers that throw': () => ({ actor: explode, tenant: explode }),
  'resolvers that reject': () => ({ actor: reject, tenant: reject }),
  'resolvers that hang': () => ({ actor: never, tenant: never }),
  'resolvers that answer garbage': () => ({ actor: () => 7 as never, tenant: () => Symbol('x') as never }),
  'a loader that throws': () => loading(explode),
  'a loader that rejects': () => loading(reject),
  'a loader that answers garbage': () => loading(() => new Proxy({}, { get: explode, ownKeys: explode })),
  'an onError that throws': () => ({ sinks: [faultSink({ fault: 'reject' })], actor: explode, onError: explode }),
};

describe.each(VERSIONS)('with %s', (_version, express) => {
  let plain: Map<string, string>;

  beforeAll(async () => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    plain = await answersOf(express, []);
  });

  afterAll(() => jest.restoreAllMocks());

  test('the answers that are compared are many, and none is empty but the one that is cut off before its first byte', () => {
    expect(plain.size).toBeGreaterThan(200);
    expect([...plain.keys()].filter((title) => !plain.get(title)?.startsWith('HTTP/1.1 '))).toEqual(['HEAD /cut-off']);
    expect(plain.get('GET /zipped/large')).toContain('Content-Encoding: gzip');
    expect(plain.get('GET /text If-None-Match: W/"a-+UGxLbSyPcMYyL6gNlAlbwSbr8I"')).toContain('HTTP/1.1');
  });

  test.each(Object.entries(TROUBLES))('every byte of every answer is the same with %s', async (_trouble, options) => {
    const auditor = createAuditor({
      service: 'shop',
      sinks: [memorySink()],
      dispatch: { maxWaitMs: 0, closeTimeoutMs: 20 },
      onError: () => undefined,
      ...options(),
    });
    const middleware = audit(auditor);
    expect(await answersOf(express, [middleware])).toEqual(plain);
    // Some of the sinks can never be closed in peace.
    await auditor.close().catch(() => undefined);
    expect(auditor.stats().accepted).toBeGreaterThan(50);
  });

  test('every byte of every answer is the same with whodunit mounted three times', async () => {
    const auditor = createAuditor({ service: 'shop', sinks: [memorySink()] });
    expect(await answersOf(express, [audit(auditor), audit(auditor), audit(auditor)])).toEqual(plain);
    await auditor.close();
  });

  test('a loader that hangs delays the answer by no more than its second, and changes nothing in it', async () => {
    const auditor = createAuditor({
      service: 'shop',
      sinks: [memorySink()],
      ...loading(never),
      onError: () => undefined,
    });
    const { port, stop } = await listening(manyRoutes(express, audit(auditor)));
    const [title, text] = manyRequests().find(([title]) => title === 'PUT /projects/1') ?? ['', ''];
    const started = performance.now();
    expect(comparable(await rawExchange(port, text))).toBe(plain.get(title));
    expect(performance.now() - started).toBeLessThan(3_000);
    await stop();
    await auditor.close();
  });

  test('an answer does not wait for a resolver', async () => {
    const auditor = createAuditor({
      service: 'shop',
      sinks: [memorySink()],
      actor: () => sleep(200, 'jane'),
    });
    const { url, stop } = await listening(manyRoutes(express, audit(auditor)));
    await fetch(`${url}/json`, { method: 'POST' });
    const started = performance.now();
    await fetch(`${url}/json`, { method: 'POST' });
    expect(performance.now() - started).toBeLessThan(150);
    await stop();
    await auditor.close();
  });
});

/** Every byte of every answer, by request; of the one header that is a clock only the name. */
async function answersOf(express: typeof express5, first: readonly RequestHandler[]) {
  const { port, stop } = await listening(manyRoutes(express, ...first));
  const answers = new Map<string, string>();
  const waiting = [...manyRequests()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      answers.set(next[0], comparable(await rawExchange(port, next[1])));
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  await stop();
  return new Map([...answers].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function comparable(answer: string): string {
  return answer.replace(/^Date: .*$/m, 'Date:').replace(/^(Set-Cookie: connect\.sid=.*?)Expires=[^;]*/gm, '$1');
}
