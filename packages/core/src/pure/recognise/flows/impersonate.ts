import { type Flow, row } from './flow.js';
import { IMPERSONATE } from './meanings.js';

/** Somebody acts as somebody else. */
export const IMPERSONATION: readonly Flow[] = [
  row('impersonate', 'write', /\bimpersonate\b(?! token)(?!.*\b(?:stop|end|exit|leave)\b)/, IMPERSONATE),
  row('login', 'write', /\blogin as\b/, IMPERSONATE),
];
