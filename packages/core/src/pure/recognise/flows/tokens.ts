import { type Flow, row } from './flow.js';
import { LOGIN, REFRESH, TOKEN, TOKEN_INTROSPECT, TOKEN_REVOKE } from './meanings.js';

/** What `grant_type` may turn a request for a token into. */
export const LOGIN_FLOW: Flow = row('token', 'post', /$/, LOGIN, 'grant');
export const REFRESH_FLOW: Flow = { ...row('token', 'post', /$/, REFRESH, 'grant'), silent: true };

/** Tokens of a protocol. `grant_type` decides what `POST /oauth/token` is: see grants.ts. */
export const TOKENS: readonly Flow[] = [
  row(
    'refresh',
    'any',
    /\brefresh(?:\/| )(?:token|session|jwt|auth)(?:\/:)?$|\b(?:token|session|jwt|auth|login|access)(?:\/:)?(?:\/| )refresh\b|\bsession\/:\/\w+\/refresh$|^(?:\/auth)?\/refresh$/,
    REFRESH,
    'silent',
  ),
  row(
    'renew',
    'post',
    /\b(?:token|session)\/renew$|\brenew (?:token|session)$|\b(?:token|session) renew$/,
    REFRESH,
    'silent',
  ),
  row(
    'revoke',
    'write',
    /\boauth\b.*\brevoke$|\b(?:auth|connect)\/revoke$|^\/revoke$|\boauth revoke\b|\btoken\/revoke$/,
    TOKEN_REVOKE,
  ),
  // RFC 7009
  row('revocation', 'post', /\b(?:oauth|connect|token|auth)\b.*\brevocation$/, TOKEN_REVOKE),
  row('jwt', 'post', /^\/(?:auth|account|me|user)\/jwt$/, TOKEN),
  row('token', 'post', /\b(?:oauth|connect|jwt auth|auth jwt|jwt|sso)\b(?:\/:)?\/(?:access )?token$/, TOKEN, 'grant'),
  row('token', 'post', /^(?:\/auth|\/authenticate)?\/(?:access |auth |jwt |id )?token$/, TOKEN, 'grant'),
  // RFC 7662
  row('introspect', 'post', /\b(?:oauth|connect|token|auth)\b.*\bintrospect$|^\/introspect$/, TOKEN_INTROSPECT),
  row('introspection', 'post', /\b(?:oauth|connect|token|auth)\b.*\bintrospection$/, TOKEN_INTROSPECT),
  row('token', 'post', /^\/token (?:create|auth)$/, LOGIN),
  row(
    'token',
    'post',
    /^\/token\/(?:obtain|exchange|create|auth|pair)$|\b(?:exchange|obtain|issue) (?:auth |access )?token$/,
    TOKEN,
  ),
];
