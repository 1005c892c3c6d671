import type { IncomingHttpHeaders } from 'node:http';
import { isUint8Array } from 'node:util/types';
import { AuditError, checkOptions, is } from '@whodunit/core';
import { secretList, VERIFYING_SECRET, type Verifier, verifierOf } from './signature.js';

/** What `verifyWebhook` is given. */
export interface VerifyWebhookOptions {
  /** The body exactly as it came, after any content encoding was undone: bytes, or text in UTF-8. */
  readonly body: Uint8Array | string;
  /** The request's headers, with lower-case names as node:http has them. */
  readonly headers: IncomingHttpHeaders;
  /** One to four secrets, any of which may have signed: `whsec_...`, or `whpk_...` for a sender that signs with `whsk_...`. */
  readonly secrets: readonly string[];
  /** How far the timestamp may be from this machine's clock, in seconds, either way. @default 300 */
  readonly toleranceSeconds?: number;
}

/** What a valid signature vouches for, besides the body. */
export interface VerifiedWebhook {
  /** The same for every retry of one batch: the idempotency key. */
  readonly id: string;
  /** When this try was sent, in seconds since 1970. */
  readonly timestamp: number;
}

/** How far a timestamp may be off when nobody says. */
export const DEFAULT_TOLERANCE_SECONDS = 300;

/** A sender that rotates sends two signatures. More than this many are not looked at: each costs time. */
const MAX_SIGNATURES = 8;

/**
 * Checks who sent a webhook, that nobody changed it, and that it is fresh (Standard Webhooks 1.0). Signatures are
 * compared in constant time. It has no memory: within the tolerance a copied request passes again; `webhookReceiver`
 * also refuses that, or use the `id` as the key under which you store the batch.
 *
 * @throws AuditError `AUDIT_WEBHOOK_REFUSED` when it is not genuine or not fresh, `AUDIT_OPTION_INVALID` for a bad secret
 */
export function verifyWebhook(options: VerifyWebhookOptions): VerifiedWebhook {
  checkOptions('verifyWebhook', options, {
    body: (value) => (typeof value === 'string' || isUint8Array(value) ? undefined : 'the raw bytes or text'),
    headers: is.object,
    ...VERIFY_CHECKS,
  });
  const body = typeof options.body === 'string' ? Buffer.from(options.body) : options.body;
  const tolerance = options.toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS;
  return verify(body, options.headers, verifiersOf(options.secrets), tolerance);
}

/** The checks of the options that `verifyWebhook` and `webhookReceiver` share. */
export const VERIFY_CHECKS = {
  secrets: secretList(verifierOf, VERIFYING_SECRET),
  toleranceSeconds: is.integer(1, 86_400),
};

/** @throws AuditError `AUDIT_OPTION_INVALID` when there is none: without a secret everything would pass */
export function verifiersOf(secrets: readonly string[] | undefined): readonly Verifier[] {
  const verifiers = (secrets ?? []).map(verifierOf).filter((verifier) => verifier !== undefined);
  if (verifiers.length > 0) return verifiers;
  throw new AuditError('AUDIT_OPTION_INVALID', '`secrets` must hold the secret that the sender signs with.');
}

/** @throws AuditError `AUDIT_WEBHOOK_REFUSED` */
export function verify(
  body: Uint8Array,
  headers: IncomingHttpHeaders,
  verifiers: readonly Verifier[],
  toleranceSeconds: number,
): VerifiedWebhook {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (!isText(id) || !isText(timestamp) || !isText(signatures)) {
    throw refused('the webhook-id, webhook-timestamp or webhook-signature header is missing. Sign with `secrets`.');
  }
  if (id.length > 256) throw refused('the webhook-id is too long. Keep it within 256 characters.');
  const age = /^\d{1,12}$/.test(timestamp) ? Date.now() / 1000 - Number(timestamp) : Number.NaN;
  // The timestamp has whole seconds, so the clock is rounded down too: 300 is within a tolerance of 300, 301 is not.
  if (!(Math.abs(Math.floor(age)) <= toleranceSeconds)) {
    throw refused('the webhook-timestamp is too old, in the future, or no number. Check the clocks of both machines.');
  }
  if (!isSigned(signatures, { id, timestamp, body }, verifiers)) {
    throw refused(
      'no signature matches. Check that sender and receiver have a secret in common, and pass the raw body.',
    );
  }
  return { id, timestamp: Number(timestamp) };
}

function isSigned(
  header: string,
  parts: { readonly id: string; readonly timestamp: string; readonly body: Uint8Array },
  verifiers: readonly Verifier[],
): boolean {
  return header
    .split(' ', MAX_SIGNATURES)
    .map((text) => text.split(','))
    .some(([version = '', base64 = '']) => {
      const signature = Buffer.from(base64, 'base64');
      return verifiers.some((verifier) => verifier(parts, version, signature));
    });
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function refused(problem: string): AuditError {
  return new AuditError('AUDIT_WEBHOOK_REFUSED', `webhook refused: ${problem}`);
}
