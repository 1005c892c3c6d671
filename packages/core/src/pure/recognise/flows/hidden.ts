import { type Flow, keyed, NEW_PASSWORD, row, SELF } from './flow.js';
import { CHANGE, SIGNUP } from './meanings.js';

/** What hides in the creation or in the update of an account. */
export const HIDDEN: readonly Flow[] = [
  // A visitor who makes a user makes his own.
  row('user', 'post', /^\/user$/, SIGNUP, 'anonymous'),
  row('account', 'post', /^\/account$/, SIGNUP, 'anonymous'),
  row('customer', 'post', /^\/customer$/, SIGNUP, 'anonymous'),

  // Changes of an account that hide in an update.
  keyed('me', 'put', new RegExp(`^/(?:(?:auth|api|user|account)/)?${SELF}$`), CHANGE, NEW_PASSWORD),
  keyed('user', 'put', /\buser(?:\/:)?$/, CHANGE, NEW_PASSWORD),
  keyed('profile', 'put', /^\/(?:user\/|me\/)?profile$/, CHANGE, NEW_PASSWORD),
  keyed('account', 'put', /^\/account$/, CHANGE, NEW_PASSWORD),
];
