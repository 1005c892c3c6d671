import { nameOf } from '../engine/scope.js';
import type { Resource } from '../model/event.js';
import { type Deed, isParent } from '../pure/deed.js';
import type { Recognition } from '../pure/recognise/index.js';
import { keeper, storedId } from '../pure/stored-id.js';
import { idInBody } from './body-ids.js';
import { stateIn } from './body-state.js';
import { type Facts, idOf, isMailed } from './id-of.js';
import type { RequestScope } from './request-scope.js';

/** What an event is about: what the application says, else the route, the body and the answer. */
export function resourceOf(
  scope: RequestScope,
  recognition: Recognition,
  params: Readonly<Record<string, unknown>>,
  facts: Facts,
): Resource | undefined {
  const { id: ownId, name: ownName, parent: ownParent, type: ownType } = scope.resource ?? {};
  const type = ownType ?? recognition.resource;
  if (type === undefined) return undefined;
  const above = parentOf(scope, recognition, params, facts.deed);
  const isAbove = above !== undefined && isParent(recognition, ownType);
  const parent = ownParent ?? (isAbove ? undefined : above);
  // What accepts an invitation is about that very invitation.
  const isSame = parent !== undefined && parent.type === type && parent === above;
  const id =
    ownId ?? (isAbove ? above.id : (idOf(scope, recognition, params, facts, type) ?? (isSame ? parent.id : undefined)));
  // Some say whose role it is by the membership.
  const membership =
    id === undefined && type === 'user' && facts.deed.category === 'access'
      ? idOfMember(scope, recognition, facts)
      : undefined;
  if (membership !== undefined) return { type: 'member', id: membership, ...(parent === undefined ? {} : { parent }) };
  // An invitation is known by whom it invites.
  const member = scope.engine.resource(type)?.name ?? (type === 'invitation' ? 'email' : undefined);
  const name = ownName ?? (facts.outcome === 'success' ? nameOf(stateIn(facts.body, type), member) : undefined);
  return {
    type,
    ...(id === undefined ? {} : { id }),
    ...(name === undefined || facts.deed.category === 'auth' ? {} : { name }),
    ...(parent === undefined || (isSame && parent.id === id) ? {} : { parent }),
  };
}

function idOfMember(scope: RequestScope, { kind }: Recognition, { body }: Facts): string | undefined {
  return idInBody(body, 'member', keeper('member', kind, scope.engine.settings.redactor.isSecret), false);
}

function parentOf(
  scope: RequestScope,
  { kind, parent }: Recognition,
  params: Readonly<Record<string, unknown>>,
  deed: Deed,
): Resource['parent'] {
  if (parent === undefined) return undefined;
  const { param, type } = parent;
  const named = params[param];
  if (typeof named !== 'string' && typeof named !== 'number') return undefined;
  const name = isMailed(scope, deed) ? 'token' : param;
  const id = storedId(String(named), name, type, kind, scope.engine.settings.redactor.isSecret);
  return id === undefined ? undefined : { type, id };
}
