import http, { type ClientRequest, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Delivery, type SealedLine, type Sink, SinkError, sealedLine } from '@whodunit/core';
import { BatchWriter, batchId } from './batch.js';
import { errorCode } from './error-code.js';
import { networkFailure, statusFailure } from './failure.js';
import { resolveHost } from './lookup.js';
import { type HttpSinkOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { type Answer, send } from './send.js';
import { hostOf } from './url.js';

const compress = promisify(gzip);

/**
 * Sends each batch as one signed POST (Standard Webhooks) over a keep-alive connection. A 2xx answer is the receipt: the
 * receiver must answer 2xx only when it has stored the batch. No redirect is followed, certificates are verified, and
 * addresses that are not public are refused unless `allowPrivateAddresses` says otherwise.
 *
 * The time limit of a write is `dispatch.writeTimeoutMs`: when it is over, the socket is destroyed, and the same batch is
 * sent again later under the same `webhook-id`.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function httpSink(options: HttpSinkOptions): Sink {
  const resolved = resolveOptions(options);
  const { name, url, lookup } = resolved;
  const place = { name, host: url.host };
  const { open, destroy } = connection(resolved);
  const writer = new BatchWriter(resolved.body);
  let closed = false;

  return {
    name,
    idempotent: resolved.idempotent,
    concurrency: resolved.concurrency,

    /** Fails on a host that does not exist or that resolves to a refused address. The receiver need not run yet. */
    async open() {
      try {
        await resolveHost(lookup, hostOf(url));
      } catch (error) {
        // The name server cannot answer just now: a reason to try again with the first batch, not to stop a start.
        if (errorCode(error) !== 'EAI_AGAIN') throw networkFailure(place, error);
      }
    },

    write: (events, delivery) => writeLines(events.map(sealedLine), delivery),

    writeLines,

    async close() {
      closed = true;
      destroy();
    },
  };

  async function writeLines(lines: readonly SealedLine[], { signal }: Delivery): Promise<void> {
    if (closed) throw closedFailure(name);
    if (lines.length === 0) return;
    const body = writer.write(lines);
    const headers = { ...resolved.headers, ...signed(resolved, batchId(lines, resolved.body), body) };
    const bytes = resolved.gzip ? await compress(body, { level: 1 }) : body;
    if (closed) throw closedFailure(name);
    const answer = await sent({ ...headers, 'content-length': bytes.length }, bytes, signal);
    if (answer.bodySent) writer.giveBack(body);
    const failure = statusFailure(place, answer);
    if (failure !== undefined) throw failure;
  }

  async function sent(headers: OutgoingHttpHeaders, body: Uint8Array, signal: AbortSignal): Promise<Answer> {
    try {
      return await send(open, headers, body, signal);
    } catch (error) {
      throw networkFailure(place, error);
    }
  }
}

/** Sockets that are kept for the next batch. Node unrefs the idle ones, so they keep no process alive. */
function connection({ url, concurrency, tls, lookup }: ResolvedOptions) {
  const { request, Agent } = url.protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency, lookup, ...tls });
  const options = {
    agent,
    method: 'POST',
    hostname: hostOf(url),
    port: url.port,
    path: `${url.pathname}${url.search}`,
  };
  return {
    open: (headers: OutgoingHttpHeaders): ClientRequest => request({ ...options, headers }),
    destroy: () => agent.destroy(),
  };
}

/**
 * The headers of Standard Webhooks. Each try has a timestamp of its own, which is how a receiver tells a retry from a
 * replay. The signature covers the body before compression, which is what a receiver's framework hands to it.
 */
function signed({ signers }: ResolvedOptions, id: string, body: Uint8Array): OutgoingHttpHeaders {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (signers.length === 0) return headers;
  return { ...headers, 'webhook-signature': signers.map((sign) => sign({ id, timestamp, body })).join(' ') };
}

function closedFailure(name: string): SinkError {
  return new SinkError(`sink \`${name}\` is closed. Create a new one to write again.`, {
    kind: 'gone',
    code: 'AUDIT_CLOSED',
  });
}
