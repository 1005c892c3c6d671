import { factsOf } from '../engine/held-rows.js';
import type { RowFacts } from '../engine/row-draft.js';
import { scopes } from '../engine/scope.js';
import type { Actor, Source, Tenant } from '../model/event.js';
import type { RequestFacts } from '../pure/draft.js';

const ACTORS: ReadonlySet<unknown> = new Set(['user', 'service', 'apiKey', 'job', 'system', 'anonymous', 'unresolved']);

/**
 * Who, for whom and from where, of the current request or job, as text that a database session can hold while it works for
 * it. `undefined` outside of one, or when it is not to be recorded.
 */
export function contextText(): string | undefined {
  const scope = scopes.getStore();
  if (scope === undefined || scope.skipped) return undefined;
  // Events of what is done with it name it as their parent.
  scope.hasChildren = true;
  const { actor, parent, request, source, tenant } = factsOf(scope);
  return JSON.stringify({ actor, parent, request, source, tenant });
}

/** What such a text says. It comes back from a database in which others may write: whatever is wrong in it is left out. */
export function factsFrom(text: string | undefined): RowFacts {
  const said = parsed(text);
  const { actor, parent, request, source, tenant } = said;
  return {
    actor: isActor(actor) ? textsOf<Actor>(actor, ACTOR) : { type: 'unresolved' },
    ...(typeof parent === 'string' ? { parent } : {}),
    ...(isObject(request) && has(request, REQUEST) ? { request: textsOf<RequestFacts>(request, REQUEST) } : {}),
    ...(isObject(source) ? { source: textsOf<Source>(source, SOURCE) } : {}),
    ...(isObject(tenant) && has(tenant, ['id']) ? { tenant: textsOf<Tenant>(tenant, TENANT) } : {}),
  };
}

const ACTOR = ['type', 'id', 'name', 'email'];
const REQUEST = ['id', 'method', 'route'];
const SOURCE = ['ip', 'userAgent'];
const TENANT = ['id', 'name'];

function parsed(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const said: unknown = JSON.parse(text ?? '{}');
    return isObject(said) ? said : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isActor(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && ACTORS.has(value['type']);
}

function has(value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}

function textsOf<T>(value: Readonly<Record<string, unknown>>, names: readonly string[]): T {
  const texts = names.flatMap((name) => (typeof value[name] === 'string' ? [[name, value[name]] as const] : []));
  return Object.fromEntries(texts) as T;
}
