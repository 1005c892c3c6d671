import type { Category, Operation } from '../../../model/event.js';

/** What a flow is called, once: `[then, category, operation, resource, is]`. */
export type Meaning = readonly [then: string, category: Category, operation: Operation, resource: string, is: string];

export const LOGIN: Meaning = ['auth.login', 'auth', 'execute', 'session', 'a login'];
export const LOGOUT: Meaning = ['auth.logout', 'auth', 'execute', 'session', 'a logout'];
export const IMPERSONATE: Meaning = ['auth.impersonate', 'auth', 'execute', 'user', 'an impersonation'];
export const IMPERSONATE_STOP: Meaning = [
  'auth.impersonate_stop',
  'auth',
  'execute',
  'session',
  'the end of an impersonation',
];
export const REFRESH: Meaning = ['auth.token_refresh', 'auth', 'execute', 'token', 'a token refresh'];
export const START: Meaning = ['auth.redirect', 'auth', 'read', 'session', 'the first leg of a login elsewhere'];
export const TOKEN: Meaning = ['token.create', 'access', 'create', 'token', 'the issue of a token'];
export const TOKEN_REVOKE: Meaning = ['token.revoke', 'access', 'delete', 'token', 'the end of a token'];
export const SIGNUP: Meaning = ['account.signup', 'account', 'create', 'user', 'a signup'];
export const CHANGE: Meaning = ['account.password_change', 'account', 'update', 'user', 'a change of password'];
export const FORGOT: Meaning = [
  'account.password_forgot',
  'account',
  'execute',
  'user',
  'a request for a new password',
];
export const RESET: Meaning = ['account.password_reset', 'account', 'update', 'user', 'a reset of a password'];
export const VERIFY: Meaning = ['account.verify', 'account', 'execute', 'user', 'a verification of an address'];
export const MFA_ON: Meaning = ['account.mfa_enable', 'account', 'update', 'user', 'an enrolment of a second factor'];
export const MFA_OFF: Meaning = ['account.mfa_disable', 'account', 'update', 'user', 'a removal of a second factor'];
export const MFA_CHALLENGE: Meaning = [
  'auth.mfa_challenge',
  'auth',
  'execute',
  'user',
  'a challenge for a second factor',
];
export const MFA_VERIFY: Meaning = ['auth.mfa_verify', 'auth', 'execute', 'user', 'a check of a second factor'];
export const INVITE: Meaning = ['member.invite', 'access', 'create', 'invitation', 'an invitation'];
export const INVITE_ACCEPT: Meaning = [
  'member.invite_accept',
  'access',
  'execute',
  'invitation',
  'an accepted invitation',
];
export const INVITE_DECLINE: Meaning = [
  'member.invite_decline',
  'access',
  'execute',
  'invitation',
  'a declined invitation',
];
export const INVITE_REVOKE: Meaning = [
  'member.invite_revoke',
  'access',
  'delete',
  'invitation',
  'a revoked invitation',
];
export const ROLE_ASSIGN: Meaning = ['role.assign', 'access', 'update', 'user', 'a change of roles'];
export const ROLE_REVOKE: Meaning = ['role.revoke', 'access', 'update', 'user', 'a removal of a role'];
