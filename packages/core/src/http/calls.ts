import type { Draft } from '../pure/draft.js';
import { type CallPlace, type RecogniseInput, type Recognition } from '../pure/recognise/index.js';
import { parseAnswer } from './answer.js';
import { type Called, calledIn } from './called.js';
import { type Decide, draftOf, type Known } from './draft-of.js';
import { withDocument } from './persisted.js';
import type { RequestScope } from './request-scope.js';

/** Where a framework says which fields of GraphQL ran, they count, also at a path of another name and without a document. */
export function calledBy({ fields }: RequestScope, body: unknown): Pick<RecogniseInput, 'route' | 'body'> | undefined {
  if (fields === undefined) return undefined;
  const named = fields.map(({ key, name }) => `${key}: ${name}`).join(' ');
  const query = `${fields[0]?.type ?? 'query'} { ${named} }`;
  return { route: '/graphql', body: hasDocument(body) ? body : { query } };
}

/** What was said of the call that names the request, is said of the request. */
export function adoptCall(scope: RequestScope, { call, also }: Recognition): void {
  const part = call === undefined ? undefined : scope.knownPart(call);
  if (part === undefined) return;
  scope.action ??= part.action;
  scope.actor ??= part.actor;
  scope.level ??= part.level;
  scope.reason ??= part.reason;
  if (part.resource !== undefined) scope.resource = { ...part.resource, ...scope.resource };
  if (part.metadata !== undefined) scope.metadata = { ...part.metadata, ...scope.metadata };
  if (!part.skipped) return;
  if (also === undefined) scope.skip();
  else scope.level = 'none';
}

/** Tells the scopes of a request what each call in it was given and how it was answered. */
export function readCalls(scope: RequestScope, { call, also = [], more }: Recognition): void {
  if (call === undefined) return;
  if (more !== undefined) scope.metadata = { ...scope.metadata, moreCalls: more };
  const body = withDocument(scope.body());
  const answer = parseAnswer(scope.answer);
  scope.called = calledOf(scope, call, body, answer);
  for (const { call: place } of also) {
    if (place !== undefined) scope.part(place).called = calledOf(scope, place, body, answer);
  }
}

/** The events of the further calls of a request. */
export function furtherDrafts(
  scope: RequestScope,
  { also }: Recognition,
  known: Known,
  decide: Decide,
): readonly Draft[] {
  if (also === undefined) return NONE;
  const { actor, tenant } = known;
  const who: Known = { ...(actor === undefined ? {} : { actor }), ...(tenant === undefined ? {} : { tenant }) };
  return also.flatMap((recognition) => {
    const part = scope.part(recognition.call ?? {});
    if (part.skipped) return [];
    return draftOf(part, { recognition, verdicts: {}, captures: [] }, who, decide) ?? [];
  });
}

const NONE: readonly Draft[] = [];

function calledOf(scope: RequestScope, place: CallPlace, body: unknown, answer: unknown): Called {
  const called = calledIn(place, body, answer);
  const ran = hasDocument(body) ? undefined : scope.fields?.find(({ key }) => key === place.key);
  return ran === undefined ? called : { ...called, body: ran.args };
}

function hasDocument(body: unknown): boolean {
  return (
    typeof body === 'object' && body !== null && (Array.isArray(body) || typeof Reflect.get(body, 'query') === 'string')
  );
}
