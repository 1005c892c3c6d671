/**
 * Sends requests from a process of its own, so that only the server is measured: a fixed number of connections that are
 * kept, one request at a time on each, bytes made beforehand.
 */
import { connect } from 'node:net';

const CONNECTIONS = 8;
const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: (\d+)/i;

const BODY = JSON.stringify({
  name: 'Apollo 11',
  status: 'landed',
  plan: 'pro',
  seats: 12,
  owner: { team: 'space', room: '4.12' },
  description: 'A description as people write it. '.repeat(10),
  tags: ['moon', 'crew', 'saturn'],
});

const HEADERS = [
  'host: localhost',
  'user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'accept: application/json',
  'accept-encoding: gzip, deflate',
];

const requests = {
  PUT: messages((id) => [
    `PUT /projects/${id} HTTP/1.1`,
    ...HEADERS,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(BODY)}`,
    `\r\n${BODY}`,
  ]),
  GET: messages((id) => [`GET /projects/${id} HTTP/1.1`, ...HEADERS, '\r\n']),
};

const clients = new Map();

process.on('message', async ({ port, method, count }) => {
  const open = clients.get(port) ?? (await Promise.all(Array.from({ length: CONNECTIONS }, () => client(port))));
  clients.set(port, open);
  const left = { count };
  await Promise.all(open.map((send) => send(requests[method], left)));
  process.send('done');
});
process.on('disconnect', () => process.exit(0));

function messages(lines) {
  return Array.from({ length: 64 }, (_, i) => Buffer.from(lines(1000 + i).join('\r\n')));
}

/** One connection: resolves to a function that takes requests from what is left until nothing is. */
function client(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', fail);
  let next = 0;
  return new Promise((resolve) => {
    socket.once('connect', () =>
      resolve(async (kinds, left) => {
        while (left.count-- > 0) await answered(socket, kinds[next++ % kinds.length]);
      }),
    );
  });
}

function answered(socket, request) {
  return new Promise((resolve) => {
    let chunks = [];
    const take = (chunk) => {
      chunks = [chunks.length === 0 ? chunk : Buffer.concat([...chunks, chunk])];
      const head = chunks[0].indexOf(HEAD_END);
      if (head < 0) return;
      const length = LENGTH.exec(chunks[0].latin1Slice(0, head));
      if (chunks[0].latin1Slice(9, 12) !== '200' || length === null) fail(chunks[0].toString());
      if (chunks[0].length < head + HEAD_END.length + Number(length[1])) return;
      socket.off('data', take);
      resolve();
    };
    socket.on('data', take);
    socket.write(request);
  });
}

/** A benchmark of failures would be no benchmark. */
function fail(problem) {
  process.stderr.write(`The load generator did not get the answer that it expected: ${problem}\n`);
  process.exit(1);
}
