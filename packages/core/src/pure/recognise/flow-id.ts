import { tenantParamOf } from '../actor/tenant.js';
import type { Flow } from './flows/index.js';
import type { Route } from './route.js';
import { typeOf } from './words.js';

const SECRET = /token|secret|key|code|hash|signature/i;

/** True for `/invitations/:token`: who has the secret was invited. */
export function endsInSecret({ parts }: Route): boolean {
  return SECRET.test(parts[parts.length - 1]?.param ?? '');
}

const ROLE = /^roles?$/;
const PERSON = /^(?:users?|members?|people)$/;

function isWord(words: readonly string[] | undefined, wanted: RegExp): boolean {
  return words?.length === 1 && wanted.test(words[0] as string);
}

/** Whose account, session or invitation it is: the last parameter, unless that is a secret or the tenant. */
export function idOf(flow: Flow, { parts }: Route): string | undefined {
  if (flow.then === 'auth.login' || flow.then === 'account.signup') return undefined;
  for (let at = parts.length - 1; at >= 0; at--) {
    const param = parts[at]?.param;
    if (param === undefined) continue;
    if (SECRET.test(param)) return undefined;
    const before = parts[at - 1]?.words;
    // `/users/:userId/roles/:roleId` is about the user.
    if (flow.about === 'role' && isWord(before, ROLE) && isWord(parts[at - 3]?.words, PERSON)) continue;
    if (at === parts.length - 1) return param;
    const isTenant = tenantParamOf(param, before === undefined ? undefined : typeOf(before));
    return isTenant || flow.then === 'member.invite' ? undefined : param;
  }
  return undefined;
}
