import type { Actor } from '../../model/event.js';
import { read, textFrom } from './read.js';

/** Body members that name the person who tries to sign in, first found wins; spelling is unified. */
const NAMES = [
  'email',
  'emailaddress',
  'username',
  'login',
  'identifier',
  'userid',
  'user',
  'phone',
  'phonenumber',
  'mobile',
  'account',
  'accountname',
  'handle',
  'loginid',
  'logonid',
  'clientid',
] as const;

/** Members that wrap the credentials: `{ user: { email, password } }`, GraphQL variables. */
const WRAPPERS = ['user', 'data', 'session', 'credentials', 'variables', 'input', 'attributes'] as const;

const PASSWORDS: ReadonlySet<string> = new Set([
  'password',
  'passwd',
  'pass',
  'pwd',
  'newpassword',
  'secret',
  'pin',
  'code',
  'otp',
  'token',
]);
const MAX_LENGTH = 128;
const MAX_KEYS = 64;
const MAX_DEPTH = 3;

/**
 * The identity that a login, signup or password reset was tried with: from `email`, `username`, `login`, `identifier`,
 * `phone` and the like in the body, in any spelling. Claimed, not verified. Never a value that also stands in a password
 * field; at most 128 characters.
 */
export function claimedIdentity(body: unknown): string | undefined {
  return search(body, MAX_DEPTH);
}

function search(body: unknown, depth: number): string | undefined {
  if (depth === 0 || typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const values = new Map<string, string>();
  const secrets = new Set<string>();
  for (const key of keysOf(body)) {
    const name = key.toLowerCase().replace(/[^a-z]/g, '');
    const value = read(body, key);
    if (typeof value !== 'string') continue;
    if (PASSWORDS.has(name)) secrets.add(value);
    else if (!values.has(name)) values.set(name, value);
  }
  for (const name of NAMES) {
    const value = values.get(name);
    if (value === undefined || secrets.has(value)) continue;
    const text = textFrom(value.slice(0, MAX_LENGTH));
    if (text !== undefined) return text;
  }
  for (const wrapper of WRAPPERS) {
    const found = search(read(body, wrapper), depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** True when a claimed identity is the actor's own e-mail address, name or id, whatever its case. */
export function sameIdentity(claimed: string, actor: Pick<Actor, 'id' | 'name' | 'email'>): boolean {
  const wanted = claimed.trim().toLowerCase();
  return [actor.email, actor.name, actor.id].some((each) => each?.trim().toLowerCase() === wanted);
}

function keysOf(body: object): readonly string[] {
  try {
    return Object.keys(body).slice(0, MAX_KEYS);
  } catch {
    return [];
  }
}
