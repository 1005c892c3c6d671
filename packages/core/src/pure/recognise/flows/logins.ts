import { type Flow, row } from './flow.js';
import { LOGIN, MFA_CHALLENGE, START } from './meanings.js';

/** Logins: by password, link, code, another site's word. */
export const LOGINS: readonly Flow[] = [
  row('login', 'get', /^(?:\/auth)?\/login\/(?:magic|link|token)(?:\/:)?$/, LOGIN),
  row('login', 'get', /\blogin\b.*\b(?:callback|complete|verify|confirm)\b|\blogin\/oauth\/code\b/, LOGIN),
  row('callback', 'any', /\b(?:delivery|hook|job|order|payment|print|pubsub|webhook)\b.*\bcallback$/, undefined),
  row(
    'callback',
    'any',
    /\b(?:auth|oauth|sso|login|authenticate|identity|google|github|facebook|microsoft|apple|twitter|linkedin|auth0|okta|connect|social)\b.*\bcallback\b|^\/callback$/,
    LOGIN,
  ),
  row('acs', 'any', /\bacs\b/, LOGIN),
  row('magiclink', 'set', /\bmagiclink\b/, LOGIN),
  row('magiclink', 'get', /\bmagiclink(?:\/:|\/verify|\/login|\/callback)/, LOGIN),
  row('otp', 'post', /\botp\/(?:send|resend|request|generate)$|\b(?:send|resend|request|generate) otp$/, MFA_CHALLENGE),
  row('otp', 'post', /^(?:\/auth|\/login)?\/otp(?:\/|$)/, LOGIN),
  row('sso', 'post', /^\/(?:auth\/|login\/)?sso(?:\/:|\/login)?$|\bsso\/login\b/, LOGIN),
  row('login', 'post', /\b(?:branding|hook|setting|template|theme|webhook)\/login$|\blogin required$/, undefined),
  row(
    'login',
    'post',
    /\blogin\b(?!.*\b(?:setting|config|attempt|history|page|flow|method|option|token|information|url|provider|log|banner|introspect|introspection|search|record)\b)/,
    LOGIN,
  ),
  row(
    'authenticate',
    'post',
    /(?<!\/:)\/authenticate(?:\/\w+)?$|\bauthenticate (?:user|customer|account)\b|\/user authenticate$/,
    LOGIN,
  ),
  row('login', 'post', /^\/login\/(?:access )?token$/, LOGIN),
  row('auth', 'post', /\bauth with \w+$/, LOGIN),
  row(
    'session',
    'post',
    /^(?:\/(?:auth|account|user|admin|identity|public))?\/(?:user )?session$|\b(?:create|new) session$|^(?:\/auth)?\/session\/(?:create|new)$/,
    LOGIN,
  ),
  row('session', 'post', /\bsession\/(?:email|phone|password|credential|magic url|anonymous|guest|oauth|ldap)$/, LOGIN),
  row(
    'auth',
    'post',
    /^\/(?:user\/|account\/|admin\/)?auth$|^\/auth\/(?:local|password|credential|email|google|github|facebook|apple|microsoft|ldap|basic|social|phone|anonymous|guest|sms|idtoken|signin|device)$/,
    LOGIN,
  ),
  row('authorize', 'get', /\bauthorize$/, START, 'silent'),
  row('auth', 'get', /\b(?:oauth|sso)\/auth$/, START, 'silent'),
  row(
    'auth',
    'get',
    /^\/auth\/(?:google|github|facebook|apple|microsoft|twitter|linkedin|auth0|okta|gitlab|slack|discord|azure|sso|saml|oauth|bitbucket|keycloak|cognito|steam|twitch)(?:\/login|\/start)?$/,
    START,
    'silent',
  ),
  row(
    'login',
    'get',
    /^\/(?:auth\/)?login\/(?:google|github|facebook|apple|microsoft|twitter|linkedin|auth0|okta|gitlab|slack|discord|azure|sso|oauth)$/,
    START,
    'silent',
  ),
];
