import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** All that is kept of a response. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** The whole body has left; the memory that held it may be used again. */
  readonly bodySent: boolean;
}

/** The signal was aborted before there was an answer: the receiver may or may not have stored the batch. */
export class WriteAborted extends Error {
  constructor() {
    super('the write was aborted');
    this.name = 'WriteAborted';
  }
}

/** A body of a response is read for one reason only, to be able to use the socket again. More is not worth it. */
const MAX_RESPONSE_BYTES = 16 * 1024;
const MAX_RESPONSE_MS = 1000;

/**
 * Sends one request and resolves with the status of its answer, whatever it is. Follows no redirect. Rejects when there
 * was none: with `WriteAborted`, or with what Node says. The status counts as soon as it is here: a reset or an abort
 * while the body of the response trickles in does not turn a receipt into a failure.
 */
export function send(
  open: (headers: OutgoingHttpHeaders) => ClientRequest,
  headers: OutgoingHttpHeaders,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<Answer> {
  if (signal.aborted) return Promise.reject(new WriteAborted());
  return new Promise((resolve, reject) => {
    const request = open(headers);
    const abort = () => request.destroy(new WriteAborted());
    let answered = false;
    signal.addEventListener('abort', abort, { once: true });
    request.on('response', (response) => {
      answered = true;
      void drained(response).then(() => {
        signal.removeEventListener('abort', abort);
        const bodySent = request.writableFinished;
        // The receiver answered before it had read everything: what it left unread would block the socket for ever.
        if (!bodySent) request.destroy();
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], bodySent });
      });
    });
    request.on('error', (error) => {
      if (answered) return;
      signal.removeEventListener('abort', abort);
      reject(error);
    });
    request.end(body);
  });
}

/** Resolves when the socket is free again, or gone. Never rejects. */
function drained(response: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), MAX_RESPONSE_MS);
    timer.unref();
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_RESPONSE_BYTES) response.destroy();
    });
    response.on('error', () => response.destroy());
    response.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
