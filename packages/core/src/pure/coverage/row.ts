import type { Level } from '../../model/event.js';
import type { CoverageGap } from './gaps.js';

/** One route, and the event that a request of it leaves when it succeeds. Frozen. `String(row)` is `POST /orders`. */
export interface RouteCoverage {
  /** Upper case; `ALL` for a route that serves every method. */
  readonly method: string;
  /** Template, as in `request.route` of an event. */
  readonly route: string;
  /** Class and method that handle it, in NestJS: `OrdersController.refund`. */
  readonly handler?: string;
  /** Absent where each request is named by its own path, method or body. */
  readonly action?: string;
  readonly resource?: string;
  /** Route parameter that holds the resource's id. Absent for a create, whose answer says it. */
  readonly idParam?: string;
  /** `none` when it is not recorded. */
  readonly level: Level;
  /** Why it is called so, as in `capture.why`. */
  readonly why: string;
  /** The rule that decides the level, as in `capture.rule`. */
  readonly rule?: string;
  /** True when another body, answer or visitor may make it another action. */
  readonly varies: boolean;
  readonly recorded: boolean;
  /** Why it is not recorded. */
  readonly unrecorded?: string;
  /** What the event will lack. */
  readonly gaps: readonly CoverageGap[];
}
