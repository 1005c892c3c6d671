import { runningOperation } from './graphql-document.js';
import { memberOf } from './member.js';
import type { CallPlace } from './types.js';

/** What a remote procedure call asks for, however it was sent. */
export interface Call {
  readonly type: 'query' | 'mutation' | 'unknown';
  /** `users.createToken`, `createToken` */
  readonly name: string;
  readonly place: CallPlace;
}

/**
 * The calls of a GraphQL request: the root fields of the mutation that runs, in order, or the first one of a query. Without a
 * document, as with persisted queries, the name of the operation has to do.
 */
export function graphqlCalls(body: unknown, at: number | undefined): readonly Call[] {
  const run = runningOperation(body);
  const place: CallPlace = { protocol: 'graphql', ...(at === undefined ? {} : { at }) };
  if (run !== undefined) {
    const fields = run.type === 'mutation' ? run.fields : run.fields.slice(0, 1);
    return fields.map(({ key, name }) => ({ type: run.type, name, place: { ...place, key } }));
  }
  const operationName = memberOf(body, 'operationName');
  if (typeof operationName !== 'string' || memberOf(body, 'query') !== undefined) return [];
  return [{ type: 'unknown', name: operationName.slice(0, 256), place }];
}
