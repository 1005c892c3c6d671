import type { ServerResponse } from 'node:http';
import type { Actor, Outcome, Reason } from '../model/event.js';
import { read } from '../pure/actor/index.js';
import type { Recognition } from '../pure/recognise/index.js';
import { holdersOf } from './answer.js';

/** How an exchange ended, as far as node:http knows. */
export interface Ending {
  readonly status: number;
  /** The status went out to the client. */
  readonly sent: boolean;
  /** The whole answer was handed over. Otherwise the client left, or the socket was taken over. */
  readonly complete: boolean;
}

/** What only a login is judged by. */
export interface LoginEnding extends Ending {
  /** `Location` of a redirect. */
  readonly location: string | undefined;
  readonly setsCookie: boolean;
  readonly html: boolean;
}

export function endingOf(response: ServerResponse): Ending {
  const complete = isComplete(response);
  const status = read(response, 'statusCode');
  return { status: typeof status === 'number' ? status : 200, sent: complete || response.headersSent, complete };
}

/** `writableFinished`, by what it looks at when all went well: its getter costs as much as all the rest. */
function isComplete(response: ServerResponse): boolean {
  const isOver = read(response, 'finished') === true && read(response, 'outputSize') === 0;
  return (isOver && read(response, 'socket') === null) || response.writableFinished;
}

export function loginEndingOf(response: ServerResponse): LoginEnding {
  const location = response.getHeader('location');
  return {
    ...endingOf(response),
    location: typeof location === 'string' ? location : undefined,
    setsCookie: response.hasHeader('set-cookie'),
    html: String(response.getHeader('content-type') ?? '').startsWith('text/html'),
  };
}

export interface Result {
  readonly outcome: Outcome;
  readonly reason?: Reason;
}

/** Outcome by the status alone: what every action but a login goes by. */
export function resultOf(ending: Ending): Result {
  const { status } = ending;
  if (!ending.complete) return { outcome: 'unknown', reason: { code: 'client_gone' } };
  if (status < 400) return { outcome: 'success' };
  return { outcome: status === 401 || status === 403 ? 'denied' : 'failure', reason: httpReason(status) };
}

const TOKENS = [
  'token',
  'access_token',
  'accessToken',
  'jwt',
  'id_token',
  'idToken',
  'authToken',
  'auth_token',
  'session_token',
];
const LOGIN_PAGE = /(?:log[-_]?in|sign[-_]?in|auth)(?:[/?#]|$)|[?&](?:error|failed|failure|invalid)\b/i;

/**
 * Outcome of a login, from what happened and not from the status alone: a wrong password can answer 200 with an error, or
 * redirect back to the form.
 */
export function loginResultOf(ending: LoginEnding, answer: unknown, actor: Actor): Result {
  const plain = resultOf(ending);
  const { status } = ending;
  if (!ending.complete) return plain;
  if (status >= 400)
    return {
      outcome: status === 403 || status === 423 || status === 429 ? 'denied' : 'failure',
      reason: httpReason(status),
    };
  if (actor.type !== 'anonymous' && actor.type !== 'unresolved') return plain;
  if (issuedToken(answer)) return plain;
  if (saysError(answer)) return { outcome: 'failure', reason: { code: 'rejected' } };
  if (status >= 300 && ending.location !== undefined && LOGIN_PAGE.test(ending.location)) {
    return { outcome: 'failure', reason: { code: 'redirected_to_login' } };
  }
  if (status === 200 && ending.html && !ending.setsCookie)
    return { outcome: 'failure', reason: { code: 'form_shown_again' } };
  return plain;
}

/** Is there a token in the answer, at the top or in the usual wrappers? */
function issuedToken(answer: unknown): boolean {
  return holdersOf(answer, 'user').some((holder) =>
    TOKENS.some((name) => Object.hasOwn(holder, name) && typeof holder[name] === 'string' && holder[name] !== ''),
  );
}

function saysError(answer: unknown): boolean {
  const [holder] = holdersOf(answer, undefined).slice(-1);
  if (holder === undefined) return false;
  const { error, errors, success, ok, status } = holder;
  if (success === false || ok === false || status === 'error' || status === 'fail') return true;
  return (error !== undefined && error !== null && error !== false) || (Array.isArray(errors) && errors.length > 0);
}

/** Does this action end in somebody being signed in? */
export function isLogin(recognition: Pick<Recognition, 'action'>): boolean {
  return recognition.action === 'auth.login';
}

/** Reasons are few: one object each. */
const reasons = new Map<number, Reason>();

function httpReason(status: number): Reason {
  const known = reasons.get(status) ?? Object.freeze({ code: `http_${status}` });
  reasons.set(status, known);
  return known;
}
