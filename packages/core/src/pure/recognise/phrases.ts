import { singularOf } from './plurals.js';
import type { Part } from './route.js';

/**
 * Spellings that mean one thing, so that a flow is written once. Left: words in a row, as `wordsOf` splits them, singular.
 * Right: the word that the table of flows uses.
 */
export const SPELLINGS: readonly (readonly [string, string])[] = [
  ['log in', 'login'],
  ['sign in', 'login'],
  ['signin', 'login'],
  ['logon', 'login'],
  ['log on', 'login'],
  ['sign on', 'login'],
  ['wp login', 'login'],
  ['spring security check', 'login'],
  ['log out', 'logout'],
  ['sign out', 'logout'],
  ['signout', 'logout'],
  ['logoff', 'logout'],
  ['log off', 'logout'],
  ['signoff', 'logout'],
  ['sign up', 'signup'],
  ['signups', 'signup'],
  ['create account', 'signup'],
  ['registration', 'register'],
  ['two factor', 'mfa'],
  ['2 factor', 'mfa'],
  ['multi factor', 'mfa'],
  ['second factor', 'mfa'],
  ['two fa', 'mfa'],
  ['2 fa', 'mfa'],
  ['2fa', 'mfa'],
  ['tfa', 'mfa'],
  ['2step', 'mfa'],
  ['two step', 'mfa'],
  ['totp', 'mfa'],
  ['hotp', 'mfa'],
  ['u2f', 'passkey mfa'],
  ['fido', 'passkey mfa'],
  ['fido2', 'passkey mfa'],
  ['webauthn', 'passkey mfa'],
  ['web authn', 'passkey mfa'],
  ['passkey', 'passkey mfa'],
  ['pass key', 'passkey mfa'],
  ['authenticator', 'mfa'],
  ['factor', 'mfa'],
  ['backup code', 'mfa'],
  ['recovery code', 'mfa'],
  ['security key', 'passkey mfa'],
  ['passwd', 'password'],
  ['pwd', 'password'],
  ['pass word', 'password'],
  ['passphrase', 'password'],
  ['forget', 'forgot'],
  ['forgotten', 'forgot'],
  ['lost', 'forgot'],
  ['lose', 'forgot'],
  ['recovery', 'recover'],
  ['invitation', 'invite'],
  ['invited', 'invite'],
  ['invitee', 'invite'],
  ['reinvite', 'resend invite'],
  ['verification', 'verify'],
  ['verified', 'verify'],
  ['confirmation', 'confirm'],
  ['e mail', 'email'],
  ['email address', 'email'],
  ['phone number', 'phone'],
  ['mobile', 'phone'],
  ['oauth2', 'oauth'],
  ['openid connect', 'oauth'],
  ['openid', 'oauth'],
  ['oidc', 'oauth'],
  ['o auth', 'oauth'],
  ['single sign on', 'sso'],
  ['saml', 'sso'],
  ['saml2', 'sso'],
  ['assertion consumer service', 'acs'],
  ['authentication', 'authenticate'],
  ['impersonation', 'impersonate'],
  ['impersonating', 'impersonate'],
  ['masquerade', 'impersonate'],
  ['magic link', 'magiclink'],
  ['login link', 'magiclink'],
  ['passwordless', 'magiclink'],
  ['one time password', 'otp'],
  ['one time code', 'otp'],
  ['api key', 'apikey'],
  ['access key', 'apikey'],
  ['secret key', 'apikey'],
];

const BY_FIRST = compile();

/** The fixed words of a route in one line, spellings unified, parameters as `:`, `/users/:/reset password`. */
export function phraseOf(parts: readonly Part[]): string {
  let phrase = '';
  for (const part of parts) phrase += part.words === undefined ? '/:' : `/${unify(part.words)}`;
  return phrase;
}

const unified = new WeakMap<readonly string[], string>();

/** The words of one segment, spellings unified. */
export function unify(words: readonly string[]): string {
  const before = unified.get(words);
  if (before !== undefined) return before;
  const out: string[] = [];
  const singular = words.map(singularOf);
  for (let at = 0; at < singular.length; ) {
    const word = singular[at] as string;
    const spelling = BY_FIRST.get(word)?.find(([from]) => from.every((each, k) => singular[at + k] === each));
    out.push(spelling === undefined ? word : spelling[1]);
    at += spelling === undefined ? 1 : spelling[0].length;
  }
  const phrase = out.join(' ');
  unified.set(words, phrase);
  return phrase;
}

function compile(): ReadonlyMap<string, readonly (readonly [readonly string[], string])[]> {
  const table = new Map<string, (readonly [readonly string[], string])[]>();
  for (const [from, to] of SPELLINGS) {
    const words = from.split(' ');
    const first = words[0] as string;
    const rows = table.get(first) ?? [];
    rows.push([words, to]);
    rows.sort((a, b) => b[0].length - a[0].length);
    table.set(first, rows);
  }
  return table;
}
