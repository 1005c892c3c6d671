import { type Call, graphqlCall } from './graphql.js';
import { meaningOf } from './meaning.js';
import { memberOf } from './member.js';
import { readOf } from './reads.js';
import type { Part, Route } from './route.js';
import { silent } from './silent.js';
import type { RecogniseInput, Recognition } from './types.js';
import { wordsOf } from './words.js';

/** GraphQL and JSON-RPC say in the body what is called. Such an answer always varies. */
export function callOf(method: string, route: Route, input: RecogniseInput): Recognition | undefined {
  const last = route.parts[route.parts.length - 1];
  const name = last?.words?.[last.words.length - 1] ?? '';
  const body = Array.isArray(input.body) ? input.body[0] : input.body;
  if (name === 'graphql' || name === 'gql') {
    const call = graphqlCall(memberOf(body, 'query'), memberOf(body, 'operationName'));
    return call === undefined
      ? { ...silent('preflight', `${method} without a GraphQL operation`), varies: true }
      : called(call, 'GraphQL');
  }
  if (method !== 'POST') return undefined;
  const procedure = memberOf(body, 'method');
  const isRpc = memberOf(body, 'jsonrpc') !== undefined || name === 'rpc' || name === 'jsonrpc';
  if (!isRpc || typeof procedure !== 'string') return undefined;
  const names = procedure.slice(0, 256).split(/[./:]/);
  return called({ type: 'unknown', name: names.filter((each) => each !== '').map(wordsOf) }, 'JSON-RPC');
}

function called({ type, name }: Call, protocol: string): Recognition {
  const parts: Part[] = name.map((words) => ({ words, text: words.join('') }));
  const route: Route = { parts, procedure: true, folder: undefined, ending: undefined };
  const text = name.map((words) => words.join(' ')).join('.');
  const meaning =
    type === 'query'
      ? readOf(route, { method: 'GET', route: '' })
      : meaningOf('POST', route, { method: 'POST', route: '' });
  return { ...meaning, why: `${protocol} ${type === 'unknown' ? 'call' : type} ${text.slice(0, 120)}`, varies: true };
}
