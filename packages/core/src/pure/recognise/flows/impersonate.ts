import { type Flow, row } from './flow.js';
import { IMPERSONATE, IMPERSONATE_STOP } from './meanings.js';

/** Somebody acts as somebody else. */
export const IMPERSONATION: readonly Flow[] = [
  row(
    'impersonate',
    'write',
    /\b(?:stop|end|exit|leave)\b.*\bimpersonate\b|\bimpersonate\b.*\b(?:stop|end|exit|leave)\b/,
    IMPERSONATE_STOP,
  ),
  row('impersonate', 'delete', /\bimpersonate$/, IMPERSONATE_STOP),
  row('impersonate', 'write', /\bimpersonate\b(?! token)(?!.*\b(?:stop|end|exit|leave)\b)/, IMPERSONATE),
  row('login', 'write', /\blogin as\b/, IMPERSONATE),
];
