/**
 * For bindings: what turns a request and response of node:http into an event. Applications use `@whodunit/express` or
 * `@whodunit/nestjs`.
 *
 * @module
 */
export { type Auditor, createAuditor, isAuditor } from '../engine/auditor.js';
export type { RouteLister } from '../engine/engine.js';
export { idFrom, read, resolveActor } from '../pure/actor/index.js';
export type { ListedRoute, ToldByHandler } from '../pure/coverage/index.js';
export { recognise, singularOf, templateOf, wordsOf } from '../pure/recognise/index.js';
export { addressOf, type Trust } from './address.js';
export { parseAnswer } from './answer.js';
export type { HttpBinding, Place, RawExchange, Refinable } from './binding.js';
export { scopeOfRequest } from './connection.js';
export { observe } from './observe.js';
export { RequestScope } from './request-scope.js';
export { coverageWith, knowRoutes, startLine } from './routes.js';
