import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { read } from '../pure/actor/index.js';
import type { RequestScope } from './request-scope.js';

/**
 * The requests of one connection whose response has not ended. Here they are found again: Express gives every request a
 * hidden class of its own, so that one more member on it costs a kilobyte and some microseconds, and a WeakMap of every
 * request costs the garbage collector even more. Connections are few.
 */
export class Connection {
  readonly remoteAddress: string | undefined;
  /** Nobody is there any more. */
  isClosed = false;
  /** It says when it closes. */
  isReal = false;
  /** Its server says when a response is over, so that no response needs a listener of its own. */
  tells = false;
  readonly #open: RequestScope[] = [];

  constructor(remoteAddress: string | undefined) {
    this.remoteAddress = remoteAddress;
  }

  add(scope: RequestScope): void {
    this.#open.push(scope);
  }

  remove(scope: RequestScope): void {
    const at = this.#open.indexOf(scope);
    if (at >= 0) this.#open.splice(at, 1);
  }

  /** The server says that the response to a request is over. */
  finished(request: IncomingMessage): void {
    this.tells = true;
    this.find(request)?.end();
  }

  find(request: IncomingMessage): RequestScope | undefined {
    for (const scope of this.#open) if (scope.raw.req === request) return scope;
    return undefined;
  }

  /**
   * A response that waits in the pipeline behind others (RFC 9112, 9.3.2) has no socket yet, and one whose socket was
   * taken over has none any more: nothing else tells them that the client left.
   */
  closed(): void {
    this.isClosed = true;
    for (const scope of [...this.#open]) scope.end();
  }
}

const CONNECTIONS = Symbol.for('whodunit.connections');
const registry = globalThis as unknown as { [CONNECTIONS]?: WeakMap<object, Connection> };
// One per process, so that two bindings, or two builds of this package, still make one event.
registry[CONNECTIONS] ??= connectionsOfServers();
const connections: WeakMap<object, Connection> = registry[CONNECTIONS];

/**
 * A listener on a response costs four microseconds with Express, a message of node:http to all who want to know a tenth. It
 * is believed of a connection that has brought one: a response of HTTP/2, or one that a test makes, needs its listener.
 */
function connectionsOfServers(): WeakMap<object, Connection> {
  const known = new WeakMap<object, Connection>();
  subscribe('http.server.response.finish', (message) => {
    const { request, socket } = message as { readonly request: IncomingMessage; readonly socket: object };
    known.get(socket)?.finished(request);
  });
  return known;
}

/** The connection that a request came in on. */
export function connectionOf(request: IncomingMessage): Connection {
  const socket = read(request, 'socket') as Socket | undefined;
  // A request that a test or an adapter for functions made up may have none, or one that tells nothing.
  if (typeof socket !== 'object' || socket === null) return new Connection(undefined);
  const known = connections.get(socket);
  if (known !== undefined) return known;
  // Gone from the socket once the client left.
  const { remoteAddress } = socket;
  const connection = new Connection(typeof remoteAddress === 'string' ? remoteAddress : undefined);
  connections.set(socket, connection);
  if (typeof socket.once === 'function') {
    connection.isReal = true;
    socket.once('close', () => connection.closed());
  }
  return connection;
}

/** The scope of a request, for what runs where the asynchronous context was lost. */
export function scopeOfRequest(request: IncomingMessage): RequestScope | undefined {
  return connectionOf(request).find(request);
}
