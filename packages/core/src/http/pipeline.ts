import type { Socket } from 'node:net';

const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Tells when a connection closes. A response that waits in the pipeline behind others (RFC 9112, 9.3.2) has no socket
 * yet, and one whose socket was taken over has none any more: nothing else tells them that the client left. One listener
 * for all requests of a connection; returns what takes the wish back.
 */
export function onConnectionClose(socket: Socket, end: () => void): () => void {
  const ends = waiting.get(socket) ?? listenTo(socket);
  ends.add(end);
  return () => void ends.delete(end);
}

function listenTo(socket: Socket): Set<() => void> {
  const ends = new Set<() => void>();
  waiting.set(socket, ends);
  socket.once('close', () => {
    for (const end of ends) end();
  });
  return ends;
}
