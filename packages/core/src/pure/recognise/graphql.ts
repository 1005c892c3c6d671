import { runningOperation } from './graphql-document.js';
import { memberOf } from './member.js';
import type { CallPlace } from './types.js';
import { wordsOf } from './words.js';

/** What a remote procedure call asks for, however it was sent. */
export interface Call {
  readonly type: 'query' | 'mutation' | 'unknown';
  /** Words of the procedure's name, one list per dot or slash: `users.createToken` is [users], [create, token]. */
  readonly name: readonly (readonly string[])[];
  readonly place: CallPlace;
}

/** More calls in one request than this are not named one by one. */
export const MAX_CALLS = 20;

/** The calls of a GraphQL request: the root fields of the mutation that runs, in order, or the first one of a query. */
export function graphqlCalls(body: unknown, at: number | undefined): readonly Call[] {
  const operationName = memberOf(body, 'operationName');
  const run = runningOperation({ query: memberOf(body, 'query'), operationName });
  const place: CallPlace = { protocol: 'graphql', ...(at === undefined ? {} : { at }) };
  if (run === undefined) {
    if (typeof operationName !== 'string' || operationName.length > 256) return [];
    return [{ type: 'unknown', name: [wordsOf(operationName)], place }];
  }
  const fields = run.type === 'mutation' ? run.fields.slice(0, MAX_CALLS) : run.fields.slice(0, 1);
  return fields.map(({ key, name }) => ({ type: run.type, name: [wordsOf(name)], place: { ...place, key } }));
}
