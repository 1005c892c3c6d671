import { read } from '../pure/actor/index.js';
import type { Result } from './outcome.js';

const DENIED_CODES =
  /^(?:unauth(?:enticated|ori[sz]ed)|forbidden|(?:access|permission)_?denied|not_?auth(?:enticated|ori[sz]ed))$/i;
const DENIED_TEXT =
  /^(?:unauth(?:enticated|ori[sz]ed)|forbidden|(?:access|permission) denied|not auth(?:enticated|ori[sz]ed))\b/i;

/** Where errors of GraphQL, JSON-RPC and tRPC hold a status of HTTP, and a code of their own. */
const STATUS_IN = [
  ['extensions', 'originalError', 'statusCode'],
  ['extensions', 'status'],
  ['extensions', 'statusCode'],
  ['extensions', 'http', 'status'],
  ['data', 'httpStatus'],
  ['data', 'status'],
  ['data', 'statusCode'],
];
const CODE_IN = [['extensions', 'code'], ['data', 'code'], ['code']];

/** What the error of a call says; `undefined` when there is none. Its message may hold anything and is never kept. */
export function failureOf(error: unknown): Result | undefined {
  if (error === undefined || error === null) return undefined;
  const status =
    first(error, STATUS_IN, (value) => (isStatus(value) ? value : undefined)) ?? statusOf(read(error, 'code'));
  const code = first(error, CODE_IN, (value) => (typeof value === 'string' && value !== '' ? value : undefined));
  const message = read(error, 'message');
  const denied =
    status === 401 ||
    status === 403 ||
    (code !== undefined && DENIED_CODES.test(code)) ||
    (typeof message === 'string' && DENIED_TEXT.test(message));
  return { outcome: denied ? 'denied' : 'failure', reason: { code: reasonOf(status, code, read(error, 'code')) } };
}

function reasonOf(status: number | undefined, code: string | undefined, number: unknown): string {
  if (status !== undefined) return `http_${status}`;
  if (code !== undefined)
    return code
      .slice(0, 64)
      .toLowerCase()
      .replace(/[^a-z0-9_]+/g, '_');
  return typeof number === 'number' ? `rpc_${Math.abs(number)}` : 'error';
}

const LISTS_OF_ERRORS = ['errors', 'userErrors', 'user_errors'];

/** Answers that say themselves that nothing came of it: `{ success: false }`, `{ ok: false }`. */
export function saysNo(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return false;
  return read(answer, 'success') === false || read(answer, 'ok') === false;
}

/** Results of a call that do so, or that list what was wrong: `{ userErrors: [...] }`. */
export function isRejected(answer: unknown): boolean {
  if (saysNo(answer)) return true;
  return LISTS_OF_ERRORS.some((name) => {
    const errors = read(answer, name);
    return Array.isArray(errors) && errors.length > 0;
  });
}

function isStatus(value: unknown): value is number {
  return typeof value === 'number' && value >= 400 && value <= 599;
}

function statusOf(code: unknown): number | undefined {
  return isStatus(code) ? code : undefined;
}

function first<T>(
  from: unknown,
  paths: readonly (readonly string[])[],
  take: (value: unknown) => T | undefined,
): T | undefined {
  for (const path of paths) {
    const value = take(path.reduce((at: unknown, name) => read(at, name), from));
    if (value !== undefined) return value;
  }
  return undefined;
}
