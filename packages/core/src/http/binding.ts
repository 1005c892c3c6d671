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
  /** Route template with its mount path, `/orgs/:orgId/members/:id`; `undefined` when no route matched. */
  route(request: R): string | undefined;
  /** Route parameters, decoded; also after the framework dropped them. */
  params(request: R): Readonly<Record<string, unknown>> | undefined;
  body(request: R): unknown;
  /** By the framework's own `trust proxy` policy. `remoteAddress` was read when the request came in. */
  address(request: R, remoteAddress: string | undefined): ClientAddress;
  /** Class and method that handle the route, where the framework has them. */
  handler?(request: R): { readonly controller: string; readonly method: string } | undefined;
  /** Text of the answer before anything (compression, say) changed it; `keep` is called at most once with it. */
  answer?(request: R, response: ServerResponse, keep: (text: string) => void): void;
  /** Says what decorators on the handler say, before anything is recognised. */
  refine?(request: R, scope: Refinable): void;
}

/** What decorators on a handler can say of a request. */
export interface Refinable extends AuditScope {
  /** Level that the handler asks for, above the rules. */
  level: Level | undefined;
  /** Route parameter that holds the resource's id. */
  idParam: string | undefined;
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
