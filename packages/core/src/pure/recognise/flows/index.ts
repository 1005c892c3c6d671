import type { Flow } from './flow.js';
import { HIDDEN } from './hidden.js';
import { IMPERSONATION } from './impersonate.js';
import { INVITATIONS } from './invitations.js';
import { LOGINS } from './logins.js';
import { LOGOUTS } from './logout.js';
import { PASSWORDS } from './passwords.js';
import { ROLES } from './roles.js';
import { SECOND_FACTOR } from './second-factor.js';
import { SIGNUPS } from './signups.js';
import { TOKENS } from './tokens.js';
import { VERIFICATION } from './verification.js';

export type { Flow } from './flow.js';
export { LOGIN_FLOW, REFRESH_FLOW } from './tokens.js';

/**
 * The auth and account flows, most telling first: the first row that matches names the request. A row is tested by the
 * routes under its name in recognise-flows.test.ts.
 */
export const FLOWS: readonly Flow[] = [
  ...IMPERSONATION,
  ...SECOND_FACTOR,
  ...LOGOUTS,
  ...PASSWORDS,
  ...INVITATIONS,
  ...SIGNUPS,
  ...VERIFICATION,
  ...TOKENS,
  ...LOGINS,
  ...ROLES,
  ...HIDDEN,
];
