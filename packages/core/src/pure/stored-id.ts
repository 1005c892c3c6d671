import { hash } from 'node:crypto';
import type { Actor } from '../model/event.js';
import type { Recognition } from './recognise/index.js';
import { cleanText } from './redact/text.js';

/** What may be stored of an id that stood behind this name: a hash of a secret, nothing of a short one. */
export type Keep = (id: string, name: string) => string | undefined;

/** Resources that are secrets themselves: what stands behind them in a path may be the secret and not its id. */
const SECRETS: ReadonlySet<string> = new Set(
  `token access_token refresh_token api_token session invitation invite secret key api_key access_key signing_key
   credential magic_link share_link password_reset reset verification code recovery_code`.split(/\s+/),
);

/** Names that are harmless in `/coupons/:code`, and a secret where an account is proved by them: `/verify/:code`. */
const PROOFS = /code|key|hash|signature|otp|pin|ticket/i;

/** Longer than ids are, and without a word in it; a UUID is shorter by its hyphens. */
const RANDOM = /^[\w~.+/=%]{32,}$/;

const PLAIN_ID = /^(?:\d{1,19}|[0-9a-f]{24}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i;

/** What fewer characters are made of can be tried one by one until the hash fits. */
const MIN_HASHED = 16;

/** What is decided once for an application: is this the name of a secret? */
type IsSecret = (name: string) => boolean;

/**
 * The id of a resource as it may be stored, from a parameter of the path. A secret is told by a hash, with the digits that
 * `actor.auth.session` has of a session (whose id may always be what opens it): two events about the same secret can be seen to be, and nobody can use it.
 * `undefined` for one so short that its hash could be undone.
 */
export function storedId(
  value: string,
  param: string,
  type: string,
  kind: Recognition['kind'],
  isSecret: IsSecret,
): string | undefined {
  const opens = type === 'session' && value.length >= MIN_HASHED;
  if (!opens && !isProof(param, kind, isSecret) && !(SECRETS.has(type) && looksSecret(value, param === type)))
    return value;
  return value.length < MIN_HASHED ? undefined : `sha256:${shortHash(value)}`;
}

/** The same for whoever looks for ids himself. */
export function keeper(type: string, kind: Recognition['kind'], isSecret: IsSecret): Keep {
  return (id, name) => storedId(id, name, type, kind, isSecret);
}

/** The secret of a path by which an invitation is known, as it may be stored. */
export function secretIn(
  params: Readonly<Record<string, unknown>>,
  kind: Recognition['kind'],
  isSecret: IsSecret,
): string | undefined {
  for (const param of Object.keys(params)) {
    const value = params[param];
    if (typeof value === 'string' && isProof(param, kind, isSecret))
      return storedId(value, param, 'invitation', kind, isSecret);
  }
  return undefined;
}

function isProof(param: string, kind: Recognition['kind'], isSecret: IsSecret): boolean {
  return isSecret(param) || (kind === 'flow' && PROOFS.test(param));
}

/** What is called a key, and not the id of one, is the key, unless it is plainly an id. */
function looksSecret(value: string, isItself: boolean): boolean {
  return isItself ? !PLAIN_ID.test(value) : RANDOM.test(value) || cleanText(value) !== value;
}

/** Enough of a hash to tell two secrets apart, and too little to be one. */
function shortHash(secret: string): string {
  return hash('sha256', secret, 'hex').slice(0, 16);
}

/** A session id opens the session: only a hash of it, enough to tell two sessions apart, is stored. */
export function withoutSessionId(actor: Actor): Actor {
  if (actor.auth?.session === undefined) return actor;
  return { ...actor, auth: { ...actor.auth, session: shortHash(String(actor.auth.session)) } };
}
