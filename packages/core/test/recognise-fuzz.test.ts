import fc from 'fast-check';
import { Plans } from '../src/http/plan.js';
import { FLOWS } from '../src/pure/recognise/flows/index.js';
import { answerKey, type RecogniseInput, recognise, templateOf } from '../src/pure/recognise/index.js';
import { MAX_PHRASE, phraseOf } from '../src/pure/recognise/phrases.js';
import { readRoute } from '../src/pure/recognise/route.js';

/** Words that recognition knows, between what it does not. */
const WORDS = [...new Set(FLOWS.flatMap(({ phrase }) => phrase.source.match(/[a-z]{2,}/g) ?? []))];
const word = fc.constantFrom(
  ...WORDS,
  'orders',
  'id',
  'list',
  'bulk',
  'me',
  'v1',
  'de',
  'api',
  'rpc',
  'trpc',
  'graphql',
);
const piece = fc.oneof(
  { weight: 4, arbitrary: word },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  fc.constantFrom(
    ':',
    ':id',
    '{id}',
    '{',
    '}',
    '*',
    '(.*)',
    '.',
    '..',
    ',',
    '?a=b',
    '%',
    '%2e',
    '__proto__',
    '\u0000',
    '-',
    '_',
  ),
);
const segment = fc.array(piece, { maxLength: 4 }).chain((pieces) => {
  return fc.constantFrom('', '-', '_', '.', ':').map((glue) => pieces.join(glue));
});
const route = fc.array(segment, { maxLength: 12 }).map((segments) => `/${segments.join('/')}`);
const method = fc.constantFrom(
  'GET',
  'POST',
  'put',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'QUERY',
  'PROPFIND',
  '',
  '\u0130',
);
const name = fc.oneof(word, fc.constantFrom('password', 'newPassword', '_method', 'grant_type', 'token'), fc.string());
const document = fc
  .array(
    fc.oneof(
      word,
      fc.constantFrom(
        '{',
        '}',
        '(',
        ')',
        ':',
        '"',
        '"""',
        '\\"',
        '#',
        '\n',
        '...',
        '@',
        '$',
        'mutation',
        'query',
        'fragment',
      ),
    ),
  )
  .map((tokens) => tokens.join(' '));
const body = fc.oneof(
  fc.anything({ withNullPrototype: true, withMap: true }),
  fc.record({ query: document, operationName: fc.option(name) }),
  fc.array(fc.record({ jsonrpc: fc.constant('2.0'), method: fc.oneof(name, fc.anything()) })),
  fc.record({ _method: name, grant_type: name, data: fc.anything() }),
);
const input: fc.Arbitrary<RecogniseInput> = fc.record(
  {
    method,
    route,
    queryKeys: fc.array(name),
    bodyKeys: fc.array(name),
    body,
    status: fc.integer({ min: 100, max: 599 }),
    anonymous: fc.boolean(),
    contentType: fc.string(),
    handler: fc.record({ controller: name, method: name }, { requiredKeys: [] }),
  },
  { requiredKeys: ['method', 'route'] },
);

describe('whatever comes in', () => {
  test('an answer is frozen, short, the same again, and in the alphabet of actions', () => {
    fc.assert(
      fc.property(input, (request) => {
        const seen = recognise(request);
        for (const each of [seen, ...(seen.also ?? [])]) {
          expect(each.action).toMatch(/^[a-z0-9_]+(?:\.[a-z0-9_]+)+$/);
          expect(each.action.length).toBeLessThan(256);
          expect(each.resource ?? 'none').toMatch(/^[a-z0-9_]{1,200}$/);
          expect(each.why.length).toBeLessThan(400);
          expect(Object.isFrozen(each)).toBe(true);
        }
        expect(seen.also?.length ?? 0).toBeLessThan(20);
        expect(recognise(request)).toEqual(seen);
      }),
      { numRuns: 3_000 },
    );
  });

  test('the id, the parent and the tenant are parameters of the route', () => {
    fc.assert(
      fc.property(method, route, (asked, path) => {
        const { idParam, parent, tenantParam } = recognise({ method: asked, route: path });
        const names = readRoute(path).parts.map(({ param }) => param);
        for (const param of [idParam, parent?.param, tenantParam]) expect([undefined, ...names]).toContain(param);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a path becomes a route of at most 33 segments, and its parameters are what it names', () => {
    const raw = fc.oneof(route, fc.string({ unit: 'binary' }), fc.webPath());
    fc.assert(
      fc.property(raw, (path) => {
        const { route: template, params } = templateOf(path);
        expect(template.split('/').length - 1).toBeLessThanOrEqual(33);
        expect(template).toMatch(/^\//);
        for (const param of Object.keys(params)) expect(template).toContain(`:${param}`);
        expect(recognise({ method: 'POST', route: template }).action).toMatch(/^[a-z0-9_.]+$/);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Milliseconds of the fastest of three runs: the others were disturbed. */
function fastest(work: () => unknown): number {
  const runs = Array.from({ length: 3 }, () => {
    const before = process.hrtime.bigint();
    work();
    return Number(process.hrtime.bigint() - before) / 1e6;
  });
  return Math.min(...runs);
}

/** What takes longer than this has run away: the most that is tried takes less than a tenth, where nothing else runs. */
const RUNAWAY_MS = 250;

/** Fails at the first size that takes too long, so that a pattern that doubles with every word cannot hang the tests. */
function expectNoRunaway(sizes: readonly number[], workOf: (size: number) => () => unknown): void {
  for (const size of sizes) expect([size, fastest(workOf(size)) < RUNAWAY_MS]).toEqual([size, true]);
}

describe('bounded time', () => {
  test.each(FLOWS.map((flow) => [flow.phrase.source.slice(0, 60), flow] as const))(
    'pattern %# (%s) does not run away',
    (_name, flow) => {
      const known = [...new Set(flow.phrase.source.match(/[a-z]{2,}/g) ?? [])];
      const units = known.flatMap((each) => [
        `/${each}`,
        `/${each}/:`,
        ` ${each}`,
        `/${each}/${flow.about}`,
        ` ${each} ${flow.about}`,
      ]);
      for (const unit of [...units, '/:', '/x', ' x']) {
        const longest = Math.floor(MAX_PHRASE / unit.length);
        expectNoRunaway([8, 12, 16, 20, 24, 28, longest], (size) => {
          const phrase = `/x${unit.repeat(size)}!`.slice(-MAX_PHRASE);
          const begun = `${unit.repeat(size)}!`.slice(0, MAX_PHRASE);
          return () => flow.phrase.test(phrase) || flow.phrase.test(begun);
        });
      }
    },
  );

  test.each(WORDS)('a route of nothing but %s does not run away', (each) => {
    for (const unit of [`/${each}`, `/${each}/:id`, `-${each}`, `/${each}-register`]) {
      expectNoRunaway([8, 12, 16, 20, 24, 28, 10_000], (size) => {
        const path = `/x${unit.repeat(size)}/register/x`;
        return () => recognise({ method: 'POST', route: path });
      });
    }
  });

  test.each([
    ['a segment', (size: number) => `/${'a'.repeat(size)}`],
    ['segments', (size: number) => '/a'.repeat(size / 2)],
    ['parameters', (size: number) => '/:a'.repeat(size / 3)],
    ['braces that never close', (size: number) => `/${'{'.repeat(size)}`],
    ['braces that close', (size: number) => `/${'{}'.repeat(size / 2)}`],
    ['calls', (size: number) => `/${'{a}:b'.repeat(size / 5)}`],
    ['parentheses', (size: number) => `/${'(:a'.repeat(size / 3)}`],
    ['parentheses that close', (size: number) => `/${'(:a)'.repeat(size / 4)}`],
    ['queries', (size: number) => `/${'?a='.repeat(size / 3)}`],
    ['commas and lines', (size: number) => `/${','.repeat(size)}\n`],
    ['procedures', (size: number) => `/trpc/${'a.b,'.repeat(size / 4)}`],
    ['procedures in a row', (size: number) => '/trpc/a'.repeat(size / 7)],
    ['dots', (size: number) => `/${'.'.repeat(size)}`],
    ['dashes', (size: number) => `/${'-'.repeat(size)}`],
    ['capitals', (size: number) => `/${'aB'.repeat(size / 2)}`],
    ['one capital word', (size: number) => `/${'A'.repeat(size)}`],
    ['per cents', (size: number) => `/${'%'.repeat(size)}`],
    ['digits', (size: number) => `/${'1'.repeat(size)}x`],
    ['a token', (size: number) => `/ey${'a'.repeat(size)}.${'b'.repeat(size)}`],
  ])('a path of many %s does not run away', (_name, pathOf) => {
    expectNoRunaway([1_000, 8_000, 65_536], (size) => {
      const path = pathOf(size);
      return () => [
        recognise({ method: 'POST', route: path }),
        recognise({ method: 'POST', route: templateOf(path).route }),
      ];
    });
  });

  test.each([
    ['selections in selections', (size: number) => `mutation ${'{ a '.repeat(size / 4)}`],
    ['closed selections', (size: number) => `mutation ${'{ a '.repeat(size / 7)}${' } '.repeat(size / 7)}`],
    ['arguments', (size: number) => `mutation { a${'('.repeat(size)}`],
    ['texts that never end', (size: number) => `mutation { a(b: ${'"\\'.repeat(size / 2)}`],
    ['quotes in a text that never ends', (size: number) => `mutation { a(b: "${'\\"'.repeat(size / 2)}`],
    ['texts', (size: number) => `mutation { a(b: ${'""'.repeat(size / 2)}`],
    ['block texts that never end', (size: number) => `mutation { a(b: ${'"""a'.repeat(size / 4)}"`],
    ['comments', (size: number) => '#'.repeat(size)],
    ['spreads', (size: number) => `{ ${'...on '.repeat(size / 6)}`],
    ['spaces in a spread', (size: number) => `{ ...${' '.repeat(size)}`],
    ['aliases', (size: number) => `{ ${'a:'.repeat(size / 2)}`],
    ['operations', (size: number) => 'query A { a } '.repeat(size / 14)],
    ['names', (size: number) => `{ ${'a'.repeat(size)} }`],
  ])('a GraphQL batch of many %s does not run away', (_name, documentOf) => {
    expectNoRunaway([1_000, 8_000, 65_536], (size) => {
      const body = Array.from({ length: 100 }, () => ({ query: documentOf(size), operationName: 'B' }));
      return () => recognise({ method: 'POST', route: '/graphql', body });
    });
  });

  test('a body of many names, and a batch of many calls, do not run away', () => {
    const names = Array.from({ length: 20_000 }, (_, at) => `name${at}`);
    const calls = names.map((each) => ({ jsonrpc: '2.0', method: each }));
    const wrapped = { user: Object.fromEntries(names.map((each) => [each, each])) };
    expectNoRunaway([1], () => () => recognise({ method: 'PUT', route: '/users/:id', bodyKeys: names }));
    expectNoRunaway([1], () => () => recognise({ method: 'POST', route: '/rpc', body: calls }));
    expectNoRunaway([1], () => () => recognise({ method: 'PUT', route: '/user', bodyKeys: ['user'], body: wrapped }));
  });
});

describe('bounded memory', () => {
  test('what a pattern looks at is bounded, however long the route is', () => {
    fc.assert(
      fc.property(word, fc.integer({ min: 1, max: 10_000 }), (each, times) => {
        expect(phraseOf(readRoute(`/${each}`.repeat(times)).parts).length).toBeLessThanOrEqual(MAX_PHRASE);
        expect(readRoute(`/${each}`.repeat(times)).parts.length).toBeLessThanOrEqual(128);
      }),
    );
  });

  test('plans of paths that no route matched push each other out', () => {
    let asked = 0;
    const plans = new Plans((request) => {
      asked++;
      return recognise(request);
    });
    const visit = (at: number) => {
      const path = templateOf(
        `/no-such/${[...String(at)].map((digit) => 'bcdfghjkmn'[Number(digit)]).join('')}/page`,
      ).route;
      return plans.of(answerKey({ method: 'GET' }), path, undefined, () => ({ method: 'GET', route: path }));
    };
    for (let at = 0; at < 50_000; at++) visit(at);
    expect(asked).toBe(50_000);
    // Who asks backwards meets all that are still known, before the first that is not.
    let known = 0;
    while (asked === 50_000) visit(50_000 - ++known);
    expect(known).toBeGreaterThan(100);
    expect(known).toBeLessThanOrEqual(2_001);
  });

  test('paths that differ only in ids share one plan', () => {
    let asked = 0;
    const plans = new Plans((request) => {
      asked++;
      return recognise(request);
    });
    for (let at = 0; at < 5_000; at++) {
      const { route: place } = templateOf(`/orders/${at}/items/${(at * 7919).toString(16).padStart(16, '0')}`);
      plans.of('GET', place, undefined, () => ({ method: 'GET', route: place }));
    }
    expect(asked).toBe(1);
  });
});
