import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Level } from '../model/event.js';
import type { ClientAddress, HttpRequest } from '../model/http.js';
import type { AuditScope } from '../model/scope.js';

/**
 * What a framework knows of one exchange. One object for all requests; everything is asked when the response has ended,
 * after guards and handlers ran, and may throw: a part that fails is left out.
 */
export interface HttpBinding<R extends HttpRequest = HttpRequest> {
  /** `capture.by`: 'express', 'nestjs'. */
  readonly by: string;
  /** `undefined` when no route matched. */
  place(request: R, scope: Refinable): Place | undefined;
  body(request: R): unknown;
  /** By the framework's own `trust proxy` policy. `remoteAddress` was read when the request came in. */
  address(request: R, remoteAddress: string | undefined, headers: IncomingMessage['headers']): ClientAddress;
  /** Class and method that handle the route, where the framework has them. */
  handler?(request: R, scope: Refinable): { readonly controller: string; readonly method: string } | undefined;
  /** Text of the answer before anything (compression, say) changed it; `keep` is called at most once with it. */
  answer?(request: R, response: ServerResponse, keep: (text: string) => void): void;
  /** Says what decorators on the handler say, before anything is recognised. */
  refine?(request: R, scope: Refinable): void;
}

/** Where in the application a request was handled. */
export interface Place {
  /** Template of mount path and route: `/orgs/:orgId/members/:id`. */
  readonly route: string;
  /** Route parameters, decoded; also after the framework dropped them. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** What decorators on a handler can say of a request. */
export interface Refinable extends AuditScope {
  /** Level that the handler asks for, above the rules. */
  level: Level | undefined;
  /** Route parameter that holds the resource's id. */
  idParam: string | undefined;
  /** What the binding noted about the handler while the request went through. */
  handled: unknown;
}

/** Headers of an answer, which the response of node:http has, and the reply of a framework that keeps its own. */
export interface AnswerHeaders {
  getHeader(name: string): unknown;
  getHeaders(): object;
}

/** The raw pair of node:http, which every framework has. */
export interface RawExchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}
