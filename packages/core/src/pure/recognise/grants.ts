import { type Flow, LOGIN_FLOW, REFRESH_FLOW } from './flows/index.js';
import { memberOf } from './member.js';

/** What `grant_type` makes of a request for a token (RFC 6749, RFC 8628, RFC 7523). Others issue a token. */
export const GRANTS: ReadonlyMap<string, Flow> = new Map([
  ['password', LOGIN_FLOW],
  ['authorization_code', LOGIN_FLOW],
  ['urn:ietf:params:oauth:grant-type:device_code', LOGIN_FLOW],
  ['http://auth0.com/oauth/grant-type/password-realm', LOGIN_FLOW],
  ['refresh_token', REFRESH_FLOW],
]);

/** A request for a token is what its grant says: a login by password, a refresh, or the issue of a token. */
export function grantOf(flow: Flow, body: unknown, bodyKeys: readonly string[] | undefined): Flow {
  if (flow.grant !== true) return flow;
  const grant = memberOf(body, 'grant_type');
  if (typeof grant === 'string') return GRANTS.get(grant) ?? flow;
  const hasPassword = bodyKeys?.includes('password') === true && bodyKeys.length <= 5;
  return hasPassword && !bodyKeys.includes('refresh_token') ? LOGIN_FLOW : flow;
}
