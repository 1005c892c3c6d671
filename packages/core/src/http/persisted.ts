import { hash } from 'node:crypto';
import { read } from '../pure/actor/index.js';

const MAX_DOCUMENT = 16_384;
const MAX_DOCUMENTS = 500;

/** Documents by their hash, the latest last. */
const documents = new Map<string, string>();

/**
 * The body of a GraphQL request with its document. A client of persisted queries sends the document once, and from then on the
 * hash alone; what it calls the operation then is its own word. Only a document whose hash is right is remembered. Bounded.
 */
export function withDocument(body: unknown): unknown {
  const sum = read(read(read(body, 'extensions'), 'persistedQuery'), 'sha256Hash');
  if (typeof sum !== 'string' || sum.length !== 64) return body;
  const query = read(body, 'query');
  if (typeof query === 'string') {
    if (query.length <= MAX_DOCUMENT && !documents.has(sum) && hash('sha256', query) === sum) remember(sum, query);
    return body;
  }
  const known = documents.get(sum);
  return known === undefined ? body : { ...(body as object), query: known };
}

function remember(sum: string, query: string): void {
  const [oldest] = documents.keys();
  if (documents.size >= MAX_DOCUMENTS && oldest !== undefined) documents.delete(oldest);
  documents.set(sum, query);
}
