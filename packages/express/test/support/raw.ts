import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Sends these bytes over one connection and gives every byte that comes back until it closes. */
export async function rawExchange(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.setTimeout(5_000, () => socket.destroy());
  socket.write(request);
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(chunks).toString('latin1');
}

/** A connection on which something was sent, to be cut at will. */
export async function sent(port: number, request: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(request);
  return socket;
}

/** The text of a request with a JSON body. */
export function rawRequest(method: string, path: string, body?: unknown, headers: readonly string[] = []): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const ofBody = text === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`];
  return [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...headers, ...ofBody, '', text].join('\r\n');
}
