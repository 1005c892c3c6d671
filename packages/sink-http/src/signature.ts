import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signAsymmetric,
  timingSafeEqual,
  verify as verifyAsymmetric,
} from 'node:crypto';

/** What the signature covers: the three parts that Standard Webhooks joins with full stops. */
interface SignedParts {
  readonly id: string;
  /** Seconds since 1970, as sent. */
  readonly timestamp: string;
  /** The body before any content encoding. */
  readonly body: Uint8Array;
}

/** Makes one signature, with its version in front: `v1,...` or `v1a,...`. */
export type Signer = (parts: SignedParts) => string;

/** Says in constant time whether one signature (version and bytes) was made with the key. */
export type Verifier = (parts: SignedParts, version: string, signature: Uint8Array) => boolean;

/** What a secret must look like, for messages. */
export const SIGNING_SECRET = '`whsec_` and the base64 of 24 to 64 bytes, or `whsk_` and the base64 of an Ed25519 key';
export const VERIFYING_SECRET =
  '`whsec_` and the base64 of 24 to 64 bytes, or `whpk_` and the base64 of an Ed25519 public key';

/** The signer of a `whsec_` (HMAC-SHA256) or `whsk_` (Ed25519) secret; `undefined` when it is neither. */
export function signerOf(secret: unknown): Signer | undefined {
  const hmacKey = decode(secret, 'whsec_');
  if (hmacKey !== undefined)
    return isHmacKey(hmacKey) ? (parts) => `v1,${hmac(hmacKey, parts).toString('base64')}` : undefined;
  const privateKey = ed25519PrivateKey(decode(secret, 'whsk_'));
  if (privateKey === undefined) return undefined;
  return (parts) => `v1a,${signAsymmetric(null, joined(parts), privateKey).toString('base64')}`;
}

/** The verifier of a `whsec_` (HMAC-SHA256) or `whpk_` (Ed25519) secret; `undefined` when it is neither. */
export function verifierOf(secret: unknown): Verifier | undefined {
  const hmacKey = decode(secret, 'whsec_');
  if (hmacKey !== undefined) return isHmacKey(hmacKey) ? hmacVerifier(hmacKey) : undefined;
  const publicKey = ed25519PublicKey(decode(secret, 'whpk_'));
  if (publicKey === undefined) return undefined;
  return (parts, version, signature) =>
    version === 'v1a' && verifyAsymmetric(null, joined(parts), publicKey, signature);
}

/** A check for a list of one to four secrets. Never shows one. */
export function secretList(parse: (secret: unknown) => unknown, form: string): (value: unknown) => string | undefined {
  return (value) => {
    if (!Array.isArray(value) || value.length < 1 || value.length > 4) return 'a list of one to four secrets';
    const wrong = value.findIndex((secret) => parse(secret) === undefined);
    return wrong === -1 ? undefined : `a list in which [${wrong}] is ${form}`;
  };
}

function hmacVerifier(key: Buffer): Verifier {
  return (parts, version, signature) => {
    if (version !== 'v1' || signature.length !== 32) return false;
    return timingSafeEqual(hmac(key, parts), signature);
  };
}

function hmac(key: Buffer, { id, timestamp, body }: SignedParts): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}

function joined({ id, timestamp, body }: SignedParts): Buffer {
  return Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
}

/** Node's base64 decoder skips what it does not know; a secret with a typing error must not become another key. */
function decode(secret: unknown, prefix: string): Buffer | undefined {
  if (typeof secret !== 'string' || !secret.startsWith(prefix)) return undefined;
  const text = secret.slice(prefix.length);
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0 ? Buffer.from(text, 'base64') : Buffer.alloc(0);
}

function isHmacKey(key: Buffer): boolean {
  return key.length >= 24 && key.length <= 64;
}

/** DER in front of the 32 raw bytes of an Ed25519 key (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** The seed (32 bytes), or the seed and the public key (64 bytes): both are in use for `whsk_`. */
function ed25519PrivateKey(raw: Buffer | undefined): KeyObject | undefined {
  if (raw?.length !== 32 && raw?.length !== 64) return undefined;
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8, raw.subarray(0, 32)]),
    format: 'der',
    type: 'pkcs8',
  });
  if (raw.length === 32) return key;
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
  return publicKey.equals(raw.subarray(32)) ? key : undefined;
}

function ed25519PublicKey(raw: Buffer | undefined): KeyObject | undefined {
  if (raw?.length !== 32) return undefined;
  return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
}
