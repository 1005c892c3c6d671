import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { AuditError, type AuditEvent, checkOptions, is } from '@whodunit/core';
import { parseEvents } from './parse-events.js';
import { readBody, type WebhookRequest } from './read-body.js';
import { Refusal } from './refusal.js';
import { ReplayMemory } from './replay.js';
import {
  DEFAULT_TOLERANCE_SECONDS,
  VERIFY_CHECKS,
  type VerifiedWebhook,
  type VerifyWebhookOptions,
  verifiersOf,
  verify,
} from './verify.js';

/** Whose webhooks are taken, and how large they may be. */
export interface WebhookReceiverOptions extends Pick<VerifyWebhookOptions, 'secrets' | 'toleranceSeconds'> {
  /** The largest body, before and after decompression, in bytes. @default 4194304 */
  readonly maxBodyBytes?: number;
  /**
   * Accepted ids that are remembered, about 200 bytes each. An id is never forgotten while a copy of its request would
   * pass by its timestamp; when the memory is full of such ids the answer is 503, "later". @default 100000
   */
  readonly maxRememberedIds?: number;
  /** Told when `onEvents` fails, which the sender only sees as a 500. @default one line on stderr */
  onError?(error: AuditError): void;
}

/** Stores the events of one batch. The sender is told 2xx when it resolves, and tries again when it rejects. */
export type OnEvents = (events: readonly AuditEvent[], webhook: VerifiedWebhook) => void | Promise<void>;

/**
 * How a request ended; the answer has been given.
 * - `accepted`: `onEvents` resolved (204)
 * - `duplicate`: accepted before, `onEvents` was not called again (204)
 * - `refused`: not genuine, not fresh, too large, broken (4xx), or not now (503)
 * - `failed`: `onEvents` rejected, or a body parser had been at work (500)
 */
export type WebhookResult =
  | { readonly outcome: 'accepted' | 'duplicate'; readonly status: 204; readonly id: string }
  | { readonly outcome: 'refused'; readonly status: number; readonly why: string }
  | { readonly outcome: 'failed'; readonly status: 500; readonly error: AuditError };

/** The receiving end of `httpSink`. */
export interface WebhookReceiver {
  /** Reads, verifies, hands over and answers one request of node:http or Express. Never rejects. */
  receive(request: WebhookRequest, response: ServerResponse, onEvents: OnEvents): Promise<WebhookResult>;
}

/** What an option is when nobody says. */
export const WEBHOOK_RECEIVER_DEFAULTS = Object.freeze({
  toleranceSeconds: DEFAULT_TOLERANCE_SECONDS,
  maxBodyBytes: 4 * 1024 * 1024,
  maxRememberedIds: 100_000,
});

/**
 * Takes the batches of `httpSink`, or of any sender of Standard Webhooks that sends events: checks the signature in
 * constant time, the age, the size (also of what is compressed), and that no id is taken twice.
 *
 * A sender that did not see our answer sends the same batch again, under the same id and rightly signed. That is no
 * attack, so it is answered with 204, without calling `onEvents` again: an honest retry is told what it wants to know,
 * and a copied request changes nothing. The same id with **another** body is refused with 409. The memory is that of this
 * process: across restarts and instances, store by event id (`ON CONFLICT DO NOTHING`).
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function webhookReceiver(options: WebhookReceiverOptions): WebhookReceiver {
  checkOptions('webhookReceiver', options, {
    ...VERIFY_CHECKS,
    maxBodyBytes: is.integer(1024, 256 * 1024 * 1024),
    maxRememberedIds: is.integer(1),
    onError: is.action,
  });
  const verifiers = verifiersOf(options.secrets);
  const toleranceSeconds = options.toleranceSeconds ?? WEBHOOK_RECEIVER_DEFAULTS.toleranceSeconds;
  const maxBodyBytes = options.maxBodyBytes ?? WEBHOOK_RECEIVER_DEFAULTS.maxBodyBytes;
  const memory = new ReplayMemory(options.maxRememberedIds ?? WEBHOOK_RECEIVER_DEFAULTS.maxRememberedIds);
  const report = options.onError ?? ((error: AuditError) => void process.stderr.write(`${error.message}\n`));

  return {
    async receive(request, response, onEvents) {
      const result = await take(request, onEvents).catch(failureResult);
      answer(response, result);
      if (result.outcome === 'failed') report(result.error);
      return result;
    },
  };

  async function take(request: WebhookRequest, onEvents: OnEvents): Promise<WebhookResult> {
    if (request.method !== 'POST') throw new Refusal(405, 'webhooks are sent by POST');
    const body = await readBody(request, maxBodyBytes);
    const webhook = verify(body, request.headers, verifiers, toleranceSeconds);
    const events = parseEvents(body);
    const { id } = webhook;
    const seen = memory.see(id, digestOf(body), webhook.timestamp + toleranceSeconds, Date.now() / 1000);
    if (seen.state === 'conflict') throw new Refusal(409, 'this webhook-id was accepted with another body');
    if (seen.state === 'full') throw new Refusal(503, 'too many webhooks in a short time');
    if (seen.state === 'known') {
      if (!(await seen.stored)) throw new Refusal(503, 'the first copy of this webhook could not be stored');
      return { outcome: 'duplicate', status: 204, id };
    }
    try {
      await onEvents(events, webhook);
    } catch (cause) {
      memory.forget(id);
      throw new AuditError(
        'AUDIT_NOT_STORED',
        'webhook receiver: onEvents failed, so the sender was told 500 and sends the batch again. See the cause in `onError`.',
        { cause },
      );
    }
    memory.accept(id);
    return { outcome: 'accepted', status: 204, id };
  }
}

/** Not 400, 413 or 422 for a wrong signature or clock: those would make the sender throw genuine events away. */
function failureResult(error: unknown): WebhookResult {
  if (error instanceof Refusal && error.status !== 500) {
    return { outcome: 'refused', status: error.status, why: error.message };
  }
  if (error instanceof AuditError && error.code === 'AUDIT_WEBHOOK_REFUSED') {
    return { outcome: 'refused', status: 401, why: error.message };
  }
  if (error instanceof AuditError) return { outcome: 'failed', status: 500, error };
  const why = error instanceof Refusal ? error.message : 'it failed, see the cause in `onError`';
  const failure = new AuditError('AUDIT_NOT_STORED', `webhook receiver: ${why}.`, { cause: error });
  return { outcome: 'failed', status: 500, error: failure };
}

function answer(response: ServerResponse, result: WebhookResult): void {
  if (response.headersSent || response.destroyed) return;
  const headers: Record<string, string> = {};
  if (result.status === 405) headers['allow'] = 'POST';
  if (result.status === 503) headers['retry-after'] = '1';
  // What was not read of the request would be taken for the next one.
  if (result.status !== 204 && !response.req.readableEnded) headers['connection'] = 'close';
  if (result.outcome === 'refused') headers['content-type'] = 'text/plain; charset=utf-8';
  response.writeHead(result.status, headers);
  response.end(result.outcome === 'refused' ? `${result.why}\n` : undefined);
}

function digestOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('base64');
}
