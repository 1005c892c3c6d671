import { audit } from '@whodunit/express';
import { rawExchange, rawRequest } from './support/raw';
import { listening, only, recording } from './support/running';
import { VERSIONS } from './support/versions';

type TrustSetting = boolean | number | string | readonly string[] | ((address: string, hop: number) => boolean);

const SOCKET = '127.0.0.1';
const REAL = '203.0.113.9';
const FORGED = '6.6.6.6';

/** What a client may send to look like somebody else, and what is stored: [title, `trust proxy`, headers, address]. */
const TRIES: readonly (readonly [string, TrustSetting, readonly string[], string])[] = [
  ['X-Forwarded-For', false, [`X-Forwarded-For: ${FORGED}`], SOCKET],
  ['two lines of X-Forwarded-For', false, [`X-Forwarded-For: ${FORGED}`, 'X-Forwarded-For: 7.7.7.7'], SOCKET],
  ['X-Forwarded-For in another case', false, [`x-FORWARDED-for: ${FORGED}`], SOCKET],
  ['Forwarded', false, [`Forwarded: for=${FORGED};proto=https;by=203.0.113.43`], SOCKET],
  ['X-Real-IP', false, [`X-Real-IP: ${FORGED}`], SOCKET],
  ['X-Client-IP', false, [`X-Client-IP: ${FORGED}`], SOCKET],
  ['CF-Connecting-IP', false, [`CF-Connecting-IP: ${FORGED}`], SOCKET],
  ['True-Client-IP', false, [`True-Client-IP: ${FORGED}`], SOCKET],
  ['Fastly-Client-IP', false, [`Fastly-Client-IP: ${FORGED}`], SOCKET],
  ['X-Cluster-Client-IP', false, [`X-Cluster-Client-IP: ${FORGED}`], SOCKET],
  ['X-Forwarded', false, [`X-Forwarded: ${FORGED}`, `Forwarded-For: ${FORGED}`], SOCKET],
  ['X-Original-Forwarded-For', false, [`X-Original-Forwarded-For: ${FORGED}`], SOCKET],
  ['the address of a proxy', false, ['X-Forwarded-For: 127.0.0.1, 10.0.0.1'], SOCKET],
  ['ten kilobytes of addresses', false, [`X-Forwarded-For: ${Array(1_000).fill(FORGED).join(', ')}`], SOCKET],
  ['X-Real-IP behind a trusted proxy', 1, [`X-Real-IP: ${FORGED}`], SOCKET],
  ['Forwarded behind a trusted proxy', 1, [`Forwarded: for=${FORGED}`, `X-Forwarded-For: ${REAL}`], REAL],
  ['a hop in front of the one that the proxy added', 1, [`X-Forwarded-For: ${FORGED}, ${REAL}`], REAL],
  ['many hops in front', 1, [`X-Forwarded-For: 1.1.1.1, ${FORGED}, 10.0.0.1, ${REAL}`], REAL],
  ['a line of its own in front', 1, [`X-Forwarded-For: ${FORGED}`, `X-Forwarded-For: ${REAL}`], REAL],
  ['two proxies and a forged hop', 2, [`X-Forwarded-For: ${FORGED}, ${REAL}, 10.0.0.1`], REAL],
  ['fewer hops than proxies', 3, [`X-Forwarded-For: ${REAL}`], REAL],
  ['a private address in front', 'loopback', [`X-Forwarded-For: 10.1.2.3, ${REAL}`], REAL],
  [
    'our own network in the middle',
    ['127.0.0.0/8', '10.0.0.0/8'],
    [`X-Forwarded-For: ${FORGED}, ${REAL}, 10.9.9.9`],
    REAL,
  ],
  ['a network that is not trusted', ['10.0.0.0/8'], [`X-Forwarded-For: ${FORGED}`], SOCKET],
  ['our own network everywhere', 'loopback, uniquelocal', ['X-Forwarded-For: 10.0.0.5, 10.0.0.6'], '10.0.0.5'],
  ['a function that trusts the first hop', (_address, hop) => hop === 0, [`X-Forwarded-For: ${FORGED}, ${REAL}`], REAL],
  ['a function that trusts nobody', () => false, [`X-Forwarded-For: ${FORGED}`], SOCKET],
  ['spaces and tabs', 1, [`X-Forwarded-For:  ${FORGED} ,\t ${REAL} `], REAL],
  ['a port', 1, [`X-Forwarded-For: ${FORGED}:1, ${REAL}:4711`], REAL],
  ['IPv6 in brackets with a port', 1, [`X-Forwarded-For: ${FORGED}, [2001:db8::17]:4711`], '2001:db8::17'],
  ['IPv6 with a zone', 1, ['X-Forwarded-For: fe80::1%eth0'], 'fe80::1'],
  ['IPv4 in IPv6', 1, [`X-Forwarded-For: ${FORGED}, ::ffff:${REAL}`], REAL],
  ['IPv4 in IPv6 from a proxy of that spelling', 'loopback', [`X-Forwarded-For: ${REAL}, ::ffff:127.0.0.1`], REAL],
  ['upper case IPv6', 1, ['X-Forwarded-For: 2001:DB8::AB'], '2001:db8::ab'],
  ['unknown', 1, ['X-Forwarded-For: unknown'], SOCKET],
  ['an obfuscated name', 1, [`X-Forwarded-For: ${FORGED}, _hidden`], SOCKET],
  ['nothing between commas', 1, [`X-Forwarded-For: ,,${FORGED}, ,${REAL}`], REAL],
  ['an empty header', 1, ['X-Forwarded-For: '], SOCKET],
  ['a script', 1, ['X-Forwarded-For: <script>alert(1)</script>'], SOCKET],
  ['SQL', 1, ["X-Forwarded-For: ' OR 1=1 --"], SOCKET],
  ['octal numbers', 1, ['X-Forwarded-For: 0177.0.0.01'], SOCKET],
  ['a number that is an address to some', 1, ['X-Forwarded-For: 2130706433'], SOCKET],
  ['an address that is too long', 1, [`X-Forwarded-For: ${'1'.repeat(400)}.1.1.1`], SOCKET],
];

// It says once per process that such headers were seen, which is what these tests provoke.
beforeAll(() => jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined));
afterAll(() => jest.restoreAllMocks());

describe.each(VERSIONS)('with %s', (_version, express) => {
  test.each(TRIES)(
    'a client that tries %s (trust proxy %j) is stored by its address',
    async (_try, trust, headers, ip) => {
      const recorded = recording();
      const app = express();
      app.set('trust proxy', trust);
      app.use(audit(recorded.auditor));
      app.put('/projects/:id', (_req, res) => void res.end());
      const { port, stop } = await listening(app);
      const answer = await rawExchange(
        port,
        rawRequest('PUT', '/projects/1', undefined, [...headers, 'Connection: close']),
      );
      expect(answer).toContain('200 OK');
      await stop();
      const { source } = only(await recorded.events());
      expect(source?.ip).toBe(ip);
      expect(recorded.errors).toEqual([]);
      expect(source?.chain?.length ?? 0).toBeLessThanOrEqual(16);
      expect(source?.chain?.every((hop) => hop.length <= 64) ?? true).toBe(true);
    },
  );

  test('what was claimed is kept apart', async () => {
    const recorded = recording();
    const app = express();
    app.use(audit(recorded.auditor));
    const { port, stop } = await listening(app);
    const headers = [`X-Forwarded-For: ${FORGED}, ${REAL}`, 'Connection: close'];
    await rawExchange(port, rawRequest('PUT', '/projects/1', undefined, headers));
    await stop();
    expect(only(await recorded.events()).source).toEqual({ ip: SOCKET, chain: [FORGED, REAL] });
  });
});

test('more than thirty ways are tried', () => {
  expect(TRIES.length).toBeGreaterThanOrEqual(30);
});
