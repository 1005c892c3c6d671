import type { Actor } from '../model/event.js';
import type { HttpRequest } from '../model/http.js';
import { read } from '../pure/actor/index.js';
import type { Result } from './outcome.js';

/** What a redirect is judged by. */
export interface Redirect {
  readonly action: string;
  readonly actor: Actor;
  /** Path that was asked for. */
  readonly path: string;
  readonly location: string;
  /** May hold a session with messages for the next page. */
  readonly request: HttpRequest;
}

const SIGN_IN_PAGE = /(?:^|\/)(?:users\/|auth\/)?(?:log[-_]?in|sign[-_]?in)(?:[/?#]|$)/i;
const FORGOT_PAGE = /\b(?:forgot|recover)/i;
const SAYS_ERROR = /[?&](?:errors?|failed|failure|invalid)\b/i;
/** What people do who are not signed in: the page for it is no refusal then. */
const STRANGERS_DO = /^(?:auth\.|account\.(?:signup|verify|password_forgot|password_reset)$|member\.invite_accept$)/;

/**
 * HTML forms are answered with a redirect whatever happened. Where it leads, and the message that waits for the next page,
 * tell what the status does not; `undefined` when nothing speaks against a success.
 */
export function redirectedResultOf({ action, actor, path, location, request }: Redirect): Result | undefined {
  const isStranger = actor.type === 'anonymous' || actor.type === 'unresolved';
  if (isStranger && SIGN_IN_PAGE.test(location) && !STRANGERS_DO.test(action)) {
    return { outcome: 'denied', reason: { code: 'redirected_to_login' } };
  }
  if (flashesError(request)) return { outcome: 'failure', reason: { code: 'error_shown' } };
  if (SAYS_ERROR.test(location)) return { outcome: 'failure', reason: { code: 'redirected_with_error' } };
  if (action === 'account.password_reset' && FORGOT_PAGE.test(location)) {
    return { outcome: 'failure', reason: { code: 'form_shown_again' } };
  }
  // Who has just signed up is signed in, or is sent to a page that says what comes next.
  const isBack = action === 'account.signup' && isStranger && pathIn(location) === path;
  return isBack ? { outcome: 'failure', reason: { code: 'form_shown_again' } } : undefined;
}

const ERROR_TYPES = ['error', 'errors', 'danger'];

/** `req.flash('error', ...)` of connect-flash and its kin: kept in the session until the next page shows it. */
function flashesError(request: HttpRequest): boolean {
  const flash = read(read(request, 'session'), 'flash');
  return ERROR_TYPES.some((type) => {
    const messages = read(flash, type);
    return typeof messages === 'string' ? messages !== '' : Array.isArray(messages) && messages.length > 0;
  });
}

function pathIn(location: string): string {
  return location.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').replace(/[?#].*$/s, '');
}
