import type { Actor } from '../model/event.js';
import type { Deed } from '../pure/deed.js';
import type { Draft } from '../pure/draft.js';
import type { Recognition } from '../pure/recognise/index.js';
import { keeper, secretIn, storedId } from '../pure/stored-id.js';
import { createdId } from './answer.js';
import { idInBody, mayNameIds } from './body-ids.js';
import { pathOf } from './path.js';
import type { RequestScope } from './request-scope.js';

/** What else says which resource an event is about. */
export interface Facts {
  readonly deed: Deed;
  readonly answer: unknown;
  readonly body: unknown;
  readonly actor: Actor;
  readonly outcome: Draft['outcome'];
}

/** The id of what an event is about: in the path, in the body, in the answer; else whoever does it. */
export function idOf(
  scope: RequestScope,
  recognition: Recognition,
  params: Readonly<Record<string, unknown>>,
  { deed, answer, body, actor, outcome }: Facts,
  type: string,
): string | undefined {
  const param = scope.idParam ?? recognition.idParam;
  const named = param === undefined ? undefined : params[param];
  const { kind } = recognition;
  const { isSecret } = scope.engine.settings.redactor;
  if (param !== undefined && (typeof named === 'string' || typeof named === 'number'))
    return storedId(String(named), isMailed(scope, deed) ? 'token' : param, type, kind, isSecret);
  if (type === 'invitation' && deed.operation !== 'create')
    return secretIn(params, kind, isSecret) ?? idInBody(body, type, keeper(type, kind, isSecret), false);
  const given = idGiven(scope, recognition, deed, body, type);
  if (given !== undefined) return given;
  // `/me` and `/account`: the resource is who does it.
  const isSelf =
    deed.category === 'account' && type === 'user' && actor.type === 'user' && !isOfOthers(scope, recognition);
  if (isSelf && deed.operation !== 'create') return actor.id;
  if (outcome !== 'success') return undefined;
  if (deed.category === 'auth') return type === 'user' ? idOfSignedIn(scope, deed, actor) : undefined;
  if (deed.operation !== 'create') return scope.called === undefined ? undefined : createdId(answer, type, undefined);
  const created = createdId(answer, type, newPlaceOf(scope));
  // Who is made a member is known before anybody answers.
  if (type === 'member') return idInBody(body, 'user', keeper('user', kind, isSecret), false) ?? created;
  return created ?? (deed.action === 'account.signup' ? actor.id : undefined);
}

/** Who it is that a flow of auth is about: of the end of an impersonation who was impersonated, as far as that is known. */
function idOfSignedIn({ early }: RequestScope, { action }: Deed, { id, onBehalfOf }: Actor): string | undefined {
  if (action === 'auth.impersonate_stop') return onBehalfOf?.id ?? early?.actor.onBehalfOf?.id;
  return action === 'auth.impersonate' ? undefined : id;
}

/** The id in the body or the arguments of a call. Whose account it is nobody says of themselves: `PATCH /me` with an `id`. */
function idGiven(
  scope: RequestScope,
  recognition: Recognition,
  deed: Deed,
  body: unknown,
  type: string,
): string | undefined {
  const isAccountOfOthers =
    deed.category === 'account' && type === 'user' && CHANGING.has(deed.operation) && isOfOthers(scope, recognition);
  if (!mayNameIds(deed) && !isAccountOfOthers) return undefined;
  // `PUT /profile/theme` with `{ theme }` sets a new value, and names no theme; a procedure has no other place for it.
  const isWhole = deed.operation !== 'update' || scope.called !== undefined || PROCEDURE.test(scope.route());
  return idInBody(body, type, keeper(type, recognition.kind, scope.engine.settings.redactor.isSecret), isWhole);
}

const CHANGING: ReadonlySet<string> = new Set(['update', 'delete', 'execute']);

/** `/api/users.remove`, `/users:remove` */
const PROCEDURE = /[^/:][.:][A-Za-z]\w*$/;

const COLLECTION_OF_USERS = /(?:^|[/.:])users[.:/\\](?!me\b)/i;

/** Is it an account that somebody else may change, and not whoever's own? */
function isOfOthers(scope: RequestScope, { kind }: Recognition): boolean {
  return scope.called === undefined ? COLLECTION_OF_USERS.test(scope.route()) : kind !== 'flow';
}

/** `Location`, unless it leads back to what the request was sent below: `/books/1` after `POST /books/1/reviews`. */
function newPlaceOf(scope: RequestScope): unknown {
  const location = scope.answerHeaders.getHeader('location');
  if (typeof location !== 'string') return undefined;
  return `${pathOf(scope.url)}/`.startsWith(`${pathOf(location)}/`) ? undefined : location;
}

/** What links of mails do: where no route says what stands in their path, it is a secret. */
const BY_MAIL = /^(?:auth\.login|account\.(?:verify|password_reset)|member\.invite_(?:accept|decline))$/;

export function isMailed(scope: RequestScope, { action }: Deed): boolean {
  return BY_MAIL.test(action) && !scope.isRouted;
}
