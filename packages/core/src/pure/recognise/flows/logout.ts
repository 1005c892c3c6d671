import { type Flow, PEOPLE, row } from './flow.js';
import { LOGOUT } from './meanings.js';

/** The end of a session. */
export const LOGOUTS: readonly Flow[] = [
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
    /\bsession\b(?!\/token\b).*\b(?:revoke|terminate|end|kill|invalidate|clear|destroy|expire|remove)\b/,
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
];
