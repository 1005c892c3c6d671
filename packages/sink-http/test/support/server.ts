import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { CERTIFICATE, KEY } from './certificate.js';

/** One request as it came. */
export interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Decompressed. */
  readonly body: string;
  readonly wireBytes: number;
}

/** A server on a loopback port, and what reached it. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** Connections so far. */
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/** Keeps every request and lets `answer` answer it; 204 unless told otherwise. */
export async function startServer(
  answer: (response: ServerResponse, request: Received) => void = (response) => void response.writeHead(204).end(),
  options: { readonly tls?: boolean } = {},
): Promise<TestServer> {
  const received: Received[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const wire = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(wire) : wire;
      const kept = {
        method: request.method,
        path: request.url,
        headers: request.headers,
        body: body.toString('utf8'),
        wireBytes: wire.length,
      };
      received.push(kept);
      answer(response, kept);
    });
  };
  const server = await startListener(listener, options);
  return { ...server, received };
}

/** A server with a listener of the test's own. */
export async function startListener(
  listener: RequestListener,
  { tls = false }: { readonly tls?: boolean } = {},
): Promise<Omit<TestServer, 'received'>> {
  const server = tls ? createTlsServer({ cert: CERTIFICATE, key: KEY }, listener) : createServer(listener);
  let connections = 0;
  server.on('connection', () => {
    connections++;
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/hooks`,
    port,
    connections: () => connections,
    stop: () => stop(server),
    start: () => listen(server, port),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

/** Safe to call twice. */
function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
