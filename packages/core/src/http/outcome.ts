import type { ServerResponse } from 'node:http';
import type { Actor, Outcome, Reason } from '../model/event.js';
import { read, sameIdentity } from '../pure/actor/index.js';
import type { Recognition } from '../pure/recognise/index.js';
import type { AnswerHeaders } from './binding.js';
import { readLoginAnswer } from './login-answer.js';

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
  /** A redirect leads to a page for signing in, or says that something is wrong. */
  readonly backToLogin: boolean;
  /** A cookie or a header that may carry the new session. */
  readonly givesSession: boolean;
  readonly html: boolean;
  /** A page that asks for a password. */
  readonly form: boolean;
}

export function endingOf(response: ServerResponse): Ending {
  const complete = isComplete(response);
  return { status: statusOf(response), sent: complete || response.headersSent, complete };
}

export function statusOf(response: ServerResponse): number {
  const status = read(response, 'statusCode');
  return typeof status === 'number' ? status : 200;
}

/** `writableFinished`, by what it looks at when all went well: its getter costs as much as all the rest. */
function isComplete(response: ServerResponse): boolean {
  const isOver = read(response, 'finished') === true && read(response, 'outputSize') === 0;
  return (isOver && read(response, 'socket') === null) || response.writableFinished;
}

/** `text`: the answer as it was sent. */
export function loginEndingOf(
  ending: Ending,
  headers: AnswerHeaders,
  url: string,
  text: string | undefined,
): LoginEnding {
  const location = headers.getHeader('location');
  const html = String(headers.getHeader('content-type') ?? '').startsWith('text/html');
  return {
    ...ending,
    backToLogin: typeof location === 'string' && (LOGIN_PAGE.test(location) || pathIn(location) === pathIn(url)),
    givesSession: Object.keys(headers.getHeaders()).some((name) => SESSION_HEADER.test(name)),
    html,
    form: html && text !== undefined && PASSWORD_FIELD.test(text),
  };
}

const LOGIN_PAGE = /(?:log[-_]?in|sign[-_]?in|auth)(?:[/?#]|$)|[?&](?:error|failed|failure|invalid)\b/i;
const SESSION_HEADER = /^set-cookie$|^(?!.*(?:csrf|xsrf)).*(?:^|-)(?:authorization|token|jwt)$/i;
const PASSWORD_FIELD = /<input\b[^>]{0,512}\btype\s*=\s*["']?password\b/i;

/** The path of a URL, relative or not, without what comes behind it. */
function pathIn(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$|\/+(?=[?#]|$)/gs, '');
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

/**
 * Outcome of a login, from what happened and not from the status alone: a wrong password can answer 200 with an error, or
 * redirect back to the form. An answer that neither signs anybody in nor says anything is `unknown`.
 */
export function loginResultOf(ending: LoginEnding, answer: unknown, actor: Actor, claimed?: string): Result {
  const plain = resultOf(ending);
  const { status } = ending;
  if (!ending.complete) return plain;
  if (status >= 400)
    return {
      outcome: status === 403 || status === 423 || status === 429 ? 'denied' : 'failure',
      reason: httpReason(status),
    };
  const isSignedIn = actor.type !== 'anonymous' && actor.type !== 'unresolved';
  // Somebody who is signed in may try to be somebody else; otherwise it is the login that signed him in.
  if (isSignedIn && (claimed === undefined || sameIdentity(claimed, actor) || !saysNo(ending, answer))) return plain;
  if (status >= 300) return ending.backToLogin ? failed('redirected_to_login') : plain;
  if (ending.html) return ending.form || !ending.givesSession ? failed('form_shown_again') : plain;
  return typeof answer === 'object' && answer !== null ? toldResultOf(ending, answer, plain) : plain;
}

/** Does the answer of a login refuse in so many words? */
function saysNo({ backToLogin, form, status }: LoginEnding, answer: unknown): boolean {
  if (status >= 300) return backToLogin;
  if (form) return true;
  const { tokens, worked } = readLoginAnswer(answer);
  return worked === false && tokens.length === 0;
}

function toldResultOf({ givesSession }: LoginEnding, answer: object, plain: Result): Result {
  const { asksSecondFactor, people, tokens, worked } = readLoginAnswer(answer);
  if (asksSecondFactor) return { outcome: 'unknown', reason: { code: 'second_factor_asked' } };
  if (tokens.length > 0) return plain;
  if (worked === false) return failed('rejected');
  if (worked === true || givesSession || people.length > 0) return plain;
  return { outcome: 'unknown', reason: { code: 'nobody_signed_in' } };
}

function failed(code: string): Result {
  return { outcome: 'failure', reason: { code } };
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
