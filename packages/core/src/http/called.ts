import { idFrom, read } from '../pure/actor/index.js';
import { type CallPlace, graphqlArguments, graphqlKeys } from '../pure/recognise/index.js';
import { failureOf, isRejected } from './call-failure.js';
import { isLogin, type Result } from './outcome.js';

/** One call of a request, as if it had been a request of its own. */
export interface Called {
  /** Its arguments. */
  readonly body: unknown;
  /** What it gave back. */
  readonly answer: unknown;
  /** How it ended, where the answer says so; the status of the whole says little. */
  readonly result: Result | undefined;
}

/** Finds the arguments and the result of a call in the body and the answer of its request. */
export function calledIn(place: CallPlace, body: unknown, answer: unknown): Called {
  const called = READERS[place.protocol](place, body, answer);
  if (called.result !== undefined || !isRejected(called.answer)) return called;
  return { ...called, result: { outcome: 'failure', reason: { code: 'rejected' } } };
}

const REFUSED = /^(?:http_(?:403|423|429)|forbidden|too_many_requests)$/;

/** How a call ended. A login that is refused for its credentials has failed, as with any other login. */
export function callResultOf({ answer, result }: Called, deed: { readonly action: string }): Result | undefined {
  if (!isLogin(deed)) return result;
  if (result === undefined) return answer === null || answer === false ? { outcome: 'failure', reason: NO } : undefined;
  return { ...result, outcome: REFUSED.test(result.reason?.code ?? '') ? 'denied' : 'failure' };
}

const NO = Object.freeze({ code: 'rejected' });

type Reader = (place: CallPlace, body: unknown, answer: unknown) => Called;

const READERS: Readonly<Record<CallPlace['protocol'], Reader>> = {
  graphql({ at, key = '' }, body, answer) {
    const request = elementOf(body, at);
    const response = elementOf(answer, at);
    return {
      body: graphqlArguments(request, key),
      answer: own(read(response, 'data'), key),
      result: graphqlResult(response, key, graphqlKeys(request)),
    };
  },

  'json-rpc'({ at }, body, answer) {
    const request = elementOf(body, at);
    const id = idFrom(read(request, 'id'));
    const response = Array.isArray(answer) ? answer.find((each) => idFrom(read(each, 'id')) === id) : answer;
    const params = read(request, 'params');
    return {
      body: Array.isArray(params) && params.length === 1 ? params[0] : params,
      answer: read(response, 'result'),
      result: failureOf(read(response, 'error')),
    };
  },

  trpc({ at = 0 }, body, answer) {
    const input = isBatch(body) ? read(body, String(at)) : body;
    const response = elementOf(answer, Array.isArray(answer) ? at : undefined);
    return {
      body: plain(input),
      answer: plain(read(read(response, 'result'), 'data')),
      result: failureOf(plain(read(response, 'error'))),
    };
  },
};

/**
 * A field that failed has an error at its path; an error without one is about all of them. Mutations run in turn: after one
 * that took the whole answer with it, nothing ran any more.
 */
function graphqlResult(response: unknown, key: string, order: readonly string[]): Result | undefined {
  const errors = read(response, 'errors');
  if (!Array.isArray(errors) || errors.length === 0) return undefined;
  const keys = errors.slice(0, MAX_ERRORS).map((error) => read(read(error, 'path'), '0'));
  const at = keys.findIndex((each) => each === key || each === undefined);
  if (at >= 0) return failureOf(errors[at]);
  const data = read(response, 'data');
  const ran = (data !== null && data !== undefined) || order.indexOf(key) < order.indexOf(String(keys[0]));
  return ran ? undefined : { outcome: 'failure', reason: { code: 'not_run' } };
}

const MAX_ERRORS = 50;

/** tRPC sends the inputs of a batch by their numbers. */
function isBatch(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, '0');
}

/** What transformers of tRPC wrap: `{ json, meta }`. */
function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'json') ? read(value, 'json') : value;
}

function elementOf(value: unknown, at: number | undefined): unknown {
  if (at === undefined) return value;
  return Array.isArray(value) ? value[at] : undefined;
}

function own(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name) ? read(holder, name) : undefined;
}
