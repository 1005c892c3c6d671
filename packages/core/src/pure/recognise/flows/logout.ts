import { type Flow, PEOPLE, row } from './flow.js';
import { LOGOUT } from './meanings.js';

/** The end of a session. */
export const LOGOUTS: readonly Flow[] = [
  // Sessions that nobody is signed in by.
  row(
    'session',
    'write',
    /\b(?:booking|call|charging|chat|checkout|class|coaching|course|debug|exam|game|lesson|live|meeting|parking|payment|play|playback|practice|quiz|recording|stream|streaming|study|terminal|test|therapy|trading|training|tutoring|upload|video|voting|work|workout)(?:\/:)?[ /]session\b/,
    undefined,
  ),
  row('logout', 'any', /\blogout\b(?!.*[/ ](?:setting|config|url|redirect|uri)\b)/, LOGOUT),
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
  row('slo', 'any', /\bsso(?:\/\w+)*\/slo$/, LOGOUT),
  row('authenticate', 'delete', /^(?:\/auth)?\/authenticate$/, LOGOUT),
];
