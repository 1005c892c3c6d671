import type { Category, Operation } from '../../model/event.js';

/** Which methods a row is for: `write` is POST, PUT, PATCH and DELETE; `set` is POST, PUT and PATCH. */
export type FlowMethod = 'any' | 'write' | 'set' | 'get' | 'post' | 'put' | 'delete';

/** One row of the table: the first whose method and phrase match names the action. */
export interface Flow {
  /** Words of which the phrase must hold one, so that few rows are tried: `invite`. */
  readonly about: string;
  readonly on: FlowMethod;
  /** Matches the phrase of a route (`phraseOf`): `/users/:/password`. */
  readonly phrase: RegExp;
  /** Names in body or query of which one must be there. Such a row depends on more than the route. */
  readonly keys?: { readonly sure: RegExp; readonly short: RegExp };
  /** Absent: the row says what is no flow. */
  readonly then?: string;
  readonly category: Category;
  readonly operation: Operation;
  readonly resource: string;
  /** True when only a visitor who is not signed in does this: a signup by `POST /users`. Depends on more than the route. */
  readonly anonymous?: boolean;
  /** True when `grant_type` decides. */
  readonly grant?: boolean;
  /** What people read: 'POST /sessions is a login'. */
  readonly is: string;
  /** True when the row only gives method and shape another name: `POST /members` is `member.add`, and stays a create. */
  readonly named?: boolean;
  readonly silent?: boolean;
}

type Meaning = readonly [then: string, category: Category, operation: Operation, resource: string, is: string];

/** What the flows are called, once. */
const LOGIN: Meaning = ['auth.login', 'auth', 'execute', 'session', 'a login'];
const LOGOUT: Meaning = ['auth.logout', 'auth', 'execute', 'session', 'a logout'];
const IMPERSONATE: Meaning = ['auth.impersonate', 'auth', 'execute', 'user', 'an impersonation'];
const REFRESH: Meaning = ['auth.token_refresh', 'auth', 'execute', 'token', 'a token refresh'];
const START: Meaning = ['auth.redirect', 'auth', 'read', 'session', 'the first leg of a login elsewhere'];
const TOKEN: Meaning = ['token.create', 'access', 'create', 'token', 'the issue of a token'];
const TOKEN_REVOKE: Meaning = ['token.revoke', 'access', 'delete', 'token', 'the end of a token'];
const SIGNUP: Meaning = ['account.signup', 'account', 'create', 'user', 'a signup'];
const CHANGE: Meaning = ['account.password_change', 'account', 'update', 'user', 'a change of password'];
const FORGOT: Meaning = ['account.password_forgot', 'account', 'execute', 'user', 'a request for a new password'];
const RESET: Meaning = ['account.password_reset', 'account', 'update', 'user', 'a reset of a password'];
const VERIFY: Meaning = ['account.verify', 'account', 'execute', 'user', 'a verification of an address'];
const MFA_ON: Meaning = ['account.mfa_enable', 'account', 'update', 'user', 'an enrolment of a second factor'];
const MFA_OFF: Meaning = ['account.mfa_disable', 'account', 'update', 'user', 'a removal of a second factor'];
const MFA_CHALLENGE: Meaning = ['auth.mfa_challenge', 'auth', 'execute', 'user', 'a challenge for a second factor'];
const MFA_VERIFY: Meaning = ['auth.mfa_verify', 'auth', 'execute', 'user', 'a check of a second factor'];
const INVITE: Meaning = ['member.invite', 'access', 'create', 'invitation', 'an invitation'];
const INVITE_ACCEPT: Meaning = ['member.invite_accept', 'access', 'execute', 'invitation', 'an accepted invitation'];
const INVITE_DECLINE: Meaning = ['member.invite_decline', 'access', 'execute', 'invitation', 'a declined invitation'];
const INVITE_REVOKE: Meaning = ['member.invite_revoke', 'access', 'delete', 'invitation', 'a revoked invitation'];
const ROLE_ASSIGN: Meaning = ['role.assign', 'access', 'update', 'user', 'a change of roles'];
const ROLE_REVOKE: Meaning = ['role.revoke', 'access', 'update', 'user', 'a removal of a role'];

const PEOPLE =
  '(?:user|member|membership|account|employee|person|admin|customer|me|collaborator|staff|profile|self|identity|group|team|service account|client|people|owner)';
const HOLDER =
  '(?:user|member|membership|employee|person|admin|me|collaborator|staff|profile|group|team|service account|user group)';
const SELF = '(?:me|account|profile|self|current user|user|current|my account|my profile|my)';

/** Body keys that make an update a change of password: `sure` always, `short` when little else is updated. */
const NEW_PASSWORD = {
  sure: /^(?:new|current|old|confirm)_?password$|^password_?confirmation$/i,
  short: /^password$/i,
} as const;

/** What `grant_type` may turn a request for a token into. */
export const LOGIN_FLOW: Flow = row('token', 'post', /$/, LOGIN, 'grant');
export const REFRESH_FLOW: Flow = { ...row('token', 'post', /$/, REFRESH, 'grant'), silent: true };

/** The auth and account flows, most telling first. A row is tested by the routes under its name in recognise-flows.test.ts. */
export const FLOWS: readonly Flow[] = [
  row('impersonate', 'write', /\bimpersonate\b(?! token)(?!.*\b(?:stop|end|exit|leave)\b)/, IMPERSONATE),
  row('login', 'write', /\blogin as\b/, IMPERSONATE),

  // Second factor, before login and verify: `/login/2fa` is a factor, not a login.
  row('mfa', 'post', /\bmfa\/login\b/, LOGIN),
  row('mfa', 'write', /\bmfa\b.*\b(?:disable|deactivate|remove|withdraw|delete|unenroll|off|reset|revoke)\b/, MFA_OFF),
  row('mfa', 'write', /\b(?:disable|deactivate|remove|delete|reset|revoke|unenroll)\b.*\bmfa\b/, MFA_OFF),
  row('mfa', 'delete', /\bmfa(?:\/:)?$/, MFA_OFF),
  row('mfa', 'set', /\bmfa\b.*\b(?:challenge|send|resend|prepare|request)\b/, MFA_CHALLENGE),
  row(
    'mfa',
    'set',
    /\bmfa\b.*\b(?:verify|authenticate|validate|confirm|check|login|attempt|answer|assertion)\b/,
    MFA_VERIFY,
  ),
  row('mfa', 'set', /\b(?:verify|authenticate|validate|confirm|check|login|attempt|challenge)\b.*\bmfa\b/, MFA_VERIFY),
  row('mfa', 'set', /\bmfa\b/, MFA_ON),

  row('logout', 'any', /\blogout\b(?!.*\/(?:setting|config|url|redirect|uri))/, LOGOUT),
  row(
    'session',
    'write',
    /\b(?:revoke|terminate|end|kill|invalidate|clear|destroy|expire|close|delete|remove)\b.*\bsession\b/,
    LOGOUT,
  ),
  row(
    'session',
    'write',
    /\bsession\b.*\b(?:revoke|terminate|end|kill|invalidate|clear|destroy|expire|remove)\b/,
    LOGOUT,
  ),
  row(
    'session',
    'delete',
    new RegExp(
      `^(?:/(?:auth|authenticate|identity|admin))?(?:/${PEOPLE}(?:/:)?)?/(?:user )?session(?:/:|/current|/all|/me)?$`,
    ),
    LOGOUT,
  ),
  row('authenticate', 'delete', /^(?:\/auth)?\/authenticate$/, LOGOUT),

  // Password: asked for, reset, changed.
  row('forgot', 'set', /\bforgot\b/, FORGOT),
  row('password', 'set', /\b(?:request|send|recover|resend|init|initiate)\b.*\bpassword\b(?!\/confirm)/, FORGOT),
  row(
    'password',
    'set',
    /\bpassword\b.*\b(?:request|forgot|send|email|recover|init|initiate|remind|reminder)\b/,
    FORGOT,
  ),
  row(
    'password',
    'set',
    /\bpassword reset$|\bpassword\/reset$|\breset\/password$|\breset password$|\bpassword resets?(?:\/:)?$/,
    RESET,
  ),
  row('password', 'set', /\bpassword\b.*\breset\b|\breset\b.*\bpassword\b/, RESET),
  row(
    'recover',
    'post',
    /^(?:\/auth|\/account|\/user|\/identity|\/self service)*\/(?:account )?recover(?: account)?(?:\/|$)/,
    FORGOT,
  ),
  row('reset', 'set', /^\/(?:auth|account|user|login action)\/reset(?:\/:|\/confirm)?$|\breset credential\b/, RESET),
  row(
    'password',
    'set',
    /\bpassword\b.*\b(?:verify|check|validate|strength|policy|hash|generate|expire|setting|option|compromised|breach)\b/,
    undefined,
  ),
  row(
    'password',
    'write',
    new RegExp(`(?:^|/)(?:${PEOPLE}|auth|:|security|setting|credential)(?:/:)*/(?:current )?password$`),
    CHANGE,
  ),
  row(
    'password',
    'set',
    /\b(?:change|update|set|edit|modify|new|create|remove|rotate)\b.*\bpassword$|\bpassword\b.*\b(?:change|update|set)$/,
    CHANGE,
  ),
  row('password', 'set', /^\/password$/, CHANGE),

  // An invitation's life.
  row('invite', 'post', /\b(?:update|get|list|find) invite$/, undefined),
  row('invite', 'post', /\bdelete invite$/, INVITE_REVOKE, 'named'),
  row(
    'invite',
    'any',
    /\b(?:accept|redeem|use|claim|join|consume)\b.*\binvite\b|\binvite\b.*\b(?:accept|redeem|use|claim|join|consume|signup|register)\b/,
    INVITE_ACCEPT,
  ),
  row(
    'invite',
    'write',
    /\b(?:decline|reject|refuse)\b.*\binvite\b|\binvite\b.*\b(?:decline|reject|refuse)\b/,
    INVITE_DECLINE,
  ),
  row(
    'invite',
    'set',
    /\b(?:revoke|cancel|delete|remove|withdraw)\b.*\binvite\b|\binvite\b.*\b(?:revoke|cancel|delete|remove|withdraw)\b/,
    INVITE_REVOKE,
  ),
  row(
    'invite',
    'post',
    /\binvite\b.*\b(?:validate|check|verify|list|search|info|preview|setting|config|template)\b/,
    undefined,
  ),
  row(
    'invite',
    'set',
    /\binvite\/(?:resend|send|bulk|batch|email|create|new)$|\b(?:resend|send|create|bulk|add)\b.*\binvite\b/,
    INVITE,
  ),
  row('invite', 'post', /\binvite(?: (?:user|member|people|all|email|link|customer|guest|bulk))?(?:\/:)?$/, INVITE),
  row('invite', 'post', /\binvite\b.*\b(?:resend|send)\b/, INVITE),
  row('invite', 'delete', /\binvite(?: link| token)?(?:\/:)?$/, INVITE_REVOKE, 'named'),

  row('signup', 'post', /\bsignup\b(?!.*\b(?:setting|config|verify|attempt|prepare)\b)/, SIGNUP),
  row(
    'register',
    'post',
    new RegExp(
      `^(?:/(?:auth|authenticate|${PEOPLE}|identity|login action|self service|public|store|customer|realm/:))*(?:/:)?/(?:${PEOPLE} |first )?register(?: ${PEOPLE})?(?:/new)?$`,
    ),
    SIGNUP,
  ),

  // Addresses proved by a link or a code; by GET where a mail's link leads.
  row(
    'verify',
    'post',
    /\b(?:domain|webhook|signature|receipt|certificate|dns|license key|payment|transaction|token|runner|client|purchase|sender|caller)(?:\/:)?\/verify\b|\bverify (?:domain|password|token|receipt|signature)/,
    undefined,
  ),
  row(
    'verify',
    'write',
    /\b(?:email|phone|account|user|auth|signup|register|me|identity|sms|mail|contact|customer|code|otp|reset)\b.*\bverify\b|\bverify\b.*\b(?:email|phone|account|user|code|otp|sms|mail|identity|link)\b/,
    VERIFY,
  ),
  row(
    'verify',
    'post',
    /\b(?:resend|send|attempt|prepare|start|check) verify\b|\bverify\/(?:resend|send|start|check)\b/,
    VERIFY,
  ),
  row(
    'verify',
    'any',
    /^(?:\/(?:auth|account|user|email))?\/verify(?: email| account)?(?:\/:)?$|\bverify email\b|\bemail\b.*\bverify\b/,
    VERIFY,
  ),
  row(
    'confirm',
    'any',
    /\bconfirm (?:email|account|phone|registration|register|signup|user|mail|address|new email)\b|\b(?:email|phone|account|register|signup|user|mail)(?: change)? confirm\b|\b(?:email|account|phone|register|auth|mail|me)\/(?:change\/)?confirm\b|^\/confirm(?:\/:)?$/,
    VERIFY,
  ),
  row(
    'resend',
    'post',
    /\bresend\b.*\b(?:verify|confirm|activation|code|email)\b|^\/auth\/resend$|\b(?:verify|confirm|activation|code)\b.*\bresend\b/,
    VERIFY,
  ),
  row('activate', 'any', /\bactivate account\b|^(?:\/(?:auth|account|user))?\/activate(?:\/:)$/, VERIFY),
  row('reauthenticate', 'post', /\breauthenticate$/, VERIFY),

  // Tokens of a protocol. `grant_type` decides what POST /oauth/token is: see grants.ts.
  row(
    'refresh',
    'any',
    /\brefresh(?:\/| )(?:token|session|jwt|auth)(?:\/:)?$|\b(?:token|session|jwt|auth|login|access)(?:\/:)?(?:\/| )refresh\b|^(?:\/auth)?\/refresh$/,
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
    /\boauth\b.*\brevoke$|\b(?:auth|connect)\/revoke$|^\/revoke$|\boauth revoke\b|^\/token\/revoke$/,
    TOKEN_REVOKE,
  ),
  row('token', 'post', /\b(?:oauth|connect|jwt auth|auth jwt|jwt|sso)\b(?:\/:)?\/(?:access )?token$/, TOKEN, 'grant'),
  row('token', 'post', /^(?:\/auth|\/authenticate)?\/(?:access |auth |jwt |id )?token$/, TOKEN, 'grant'),
  row('token', 'post', /^\/token (?:create|auth)$/, LOGIN),
  row(
    'token',
    'post',
    /^\/token\/(?:obtain|exchange|create|auth|pair)$|\b(?:exchange|obtain|issue) (?:auth |access )?token$/,
    TOKEN,
  ),

  // Login, by password, link, code, another site's word.
  row('login', 'get', /\blogin\b.*\b(?:callback|complete|verify|confirm)\b|\blogin\/oauth\/code\b/, LOGIN),
  row(
    'callback',
    'any',
    /\b(?:auth|oauth|sso|login|authenticate|identity|google|github|facebook|microsoft|apple|twitter|linkedin|auth0|okta|connect|social)\b.*\bcallback\b|^\/callback$/,
    LOGIN,
  ),
  row('acs', 'any', /\bacs\b/, LOGIN),
  row('magiclink', 'set', /\bmagiclink\b/, LOGIN),
  row('magiclink', 'get', /\bmagiclink(?:\/:|\/verify|\/login|\/callback)/, LOGIN),
  row('otp', 'post', /^(?:\/auth|\/login)?\/otp(?:\/|$)/, LOGIN),
  row('sso', 'post', /^\/(?:auth\/|login\/)?sso(?:\/:|\/login)?$|\bsso\/login\b/, LOGIN),
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
  row(
    'session',
    'post',
    /^(?:\/(?:auth|account|user|admin|identity|public))?\/(?:user )?session$|\b(?:create|new) session$/,
    LOGIN,
  ),
  row(
    'auth',
    'post',
    /^\/(?:user\/|account\/|admin\/)?auth$|^\/auth\/(?:local|password|credential|email|google|github|facebook|apple|microsoft|ldap|basic|social|phone|anonymous|guest|sms|idtoken|signin|device)$/,
    LOGIN,
  ),
  row('authorize', 'get', /\bauthorize$/, START, 'silent'),
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

  // Who may do what.
  row(
    'role',
    'set',
    new RegExp(
      `\\b${HOLDER}(?:/:)+/(?:update |set |assign |add |change )?(?:\\w+ )?role(?: mapping| assignment)?(?:/:)*$`,
    ),
    ROLE_ASSIGN,
  ),
  row('role', 'delete', new RegExp(`\\b${HOLDER}(?:/:)+/(?:\\w+ )?role(?: mapping| assignment)?(?:/:)*$`), ROLE_REVOKE),
  row('role', 'set', /\b(?:user|member)\/(?:update|set|change|assign) role$/, ROLE_ASSIGN),
  row('role', 'set', new RegExp(`\\brole(?:/:)?/${HOLDER}/:(?:/:)?$`), ROLE_ASSIGN),
  row('role', 'delete', new RegExp(`\\brole(?:/:)?/${HOLDER}/:(?:/:)?$`), ROLE_REVOKE),
  row(
    'role',
    'set',
    /\b(?:assign|grant) (?:\w+ )?role$|\badd (?:user|member) to role$|\brole\/(?:assign|grant)$/,
    ROLE_ASSIGN,
  ),
  row(
    'role',
    'set',
    /\b(?:unassign|revoke|remove) (?:\w+ )?role$|\bremove (?:user|member) from role$|\brole\/(?:unassign|revoke)$/,
    ROLE_REVOKE,
  ),
  row('permission', 'set', /\b(?:user|member)(?:\/:)+\/permission(?: profile)?$/, ROLE_ASSIGN),

  // A visitor who makes a user makes his own.
  row('user', 'post', /^\/user$/, SIGNUP, 'anonymous'),
  row('account', 'post', /^\/account$/, SIGNUP, 'anonymous'),
  row('customer', 'post', /^\/customer$/, SIGNUP, 'anonymous'),

  // Changes of an account that hide in an update.
  keyed('me', 'put', new RegExp(`^/(?:(?:auth|api|user|account)/)?${SELF}$`), CHANGE),
  keyed('user', 'put', /\buser(?:\/:)?$/, CHANGE),
  keyed('profile', 'put', /^\/(?:user\/|me\/)?profile$/, CHANGE),
  keyed('account', 'put', /^\/account$/, CHANGE),
];

function row(
  about: string,
  on: FlowMethod,
  phrase: RegExp,
  meaning: Meaning | undefined,
  how?: 'named' | 'silent' | 'grant' | 'anonymous',
): Flow {
  const [then, category, operation, resource, is] = meaning ?? [undefined, 'data', 'execute', '', ''];
  return {
    about,
    on,
    phrase,
    ...(then === undefined ? {} : { then }),
    category,
    operation,
    resource,
    is,
    ...(how === 'named' ? { named: true } : {}),
    ...(how === 'silent' ? { silent: true } : {}),
    ...(how === 'grant' ? { grant: true } : {}),
    ...(how === 'anonymous' ? { anonymous: true } : {}),
  };
}

function keyed(about: string, on: FlowMethod, phrase: RegExp, meaning: Meaning): Flow {
  return { ...row(about, on, phrase, meaning), keys: NEW_PASSWORD };
}
