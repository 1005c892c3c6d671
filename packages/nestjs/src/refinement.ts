import 'reflect-metadata';
import type { ActorInput, Level } from '@whodunit/core';
import { idFrom } from '@whodunit/core/http';

/** What was asked of a handler and what it answered, for functions given to `@Audit` and `@AuditReason`. */
export interface AuditContext {
  /** Request of Express or Fastify; the client of a WebSocket message; the context of a microservice message. */
  readonly request: unknown;
  readonly params: unknown;
  readonly query: unknown;
  /** Body of a request; payload of a message. */
  readonly body: unknown;
  /** Arguments of a GraphQL mutation. */
  readonly args: unknown;
  /** The answer as data, where it is JSON and the request is no plain read. */
  readonly answer: unknown;
}

/** A dotted path into the `AuditContext` (`params.id`, `body.order.id`, `answer.id`), or a function of it. */
export type AuditValue = string | ((context: AuditContext) => unknown);

/** What `@Audit` can say besides the action. What the application tells the scope itself stands above it. */
export interface AuditDetails {
  /** Dotted and lower case: `order.refund`. */
  readonly action?: string;
  /** Type of the resource: `order`. */
  readonly resource?: string;
  /** Where the id of the resource is. @default as recognised from the route */
  readonly id?: AuditValue;
  /** Where the name of the resource is. */
  readonly name?: AuditValue;
  /** How much is recorded, above every rule. */
  readonly level?: Level;
  /** Says who, for messages, whose context has no usual place for it. Requests: the `actor` option. */
  readonly actor?: (context: AuditContext) => ActorInput | undefined;
}

/** What the decorators on a handler and its class say together. */
export interface Refinement extends AuditDetails {
  readonly skip?: boolean;
  readonly reason?: AuditValue;
}

const METADATA = 'whodunit:audit';
const NONE: Refinement = Object.freeze({});

/** A decorator for methods and classes that adds to what is said about them. */
export function refineWith(part: Refinement): MethodDecorator & ClassDecorator {
  return (on: object, _name?: string | symbol, descriptor?: PropertyDescriptor) => {
    const holder: object = descriptor?.value ?? on;
    Reflect.defineMetadata(METADATA, { ...Reflect.getOwnMetadata(METADATA, holder), ...part }, holder);
  };
}

/** The method's word above the class's, member by member. */
export function refinementOf(owner: object, method: object): Refinement {
  const [wide, near] = [owner, method].map((holder): Refinement | undefined => Reflect.getMetadata(METADATA, holder));
  return wide === undefined ? (near ?? NONE) : { ...wide, ...near };
}

/** The text at a place. Never throws because of what is there; a function of the application may. */
export function textAt(value: AuditValue | undefined, context: AuditContext): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'function') return idFrom(value(context));
  let at: unknown = context;
  for (const name of value.split('.')) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Reflect.get(at, name);
  }
  return idFrom(at);
}
