import { type Deciders, type Judged, judge } from './judge.js';
import { coverageText, type WriteGap } from './lines.js';
import type { ListedRoute } from './listed.js';
import type { RouteCoverage } from './row.js';

/**
 * Every route of an application that changes something, and what an audit trail will hold of it. Made by the same
 * recognition, rules and options that requests are judged by. Frozen.
 */
export interface Coverage {
  /** Routes that change something (by GET too: a link that logs out), and what else is recorded. In their order. */
  readonly routes: readonly RouteCoverage[];
  /** Those of them that leave no event, each with `unrecorded`. */
  readonly unaudited: readonly RouteCoverage[];
  /** Those whose event does not say to what. */
  readonly withoutResource: readonly RouteCoverage[];
  /** Updates and deletes whose old values nobody reads. */
  readonly withoutLoader: readonly RouteCoverage[];
  /** Updates and deletes whose event will not say what changed. */
  readonly withoutDiff: readonly RouteCoverage[];
  /**
   * Routes that do not count although their method writes, as they only read (a search by POST) or are what no trail wants
   * (a token refresh, a health check). Look through them once: what is wrong here, nobody records.
   */
  readonly quiet: readonly RouteCoverage[];
  /** Writes to databases, made until now, that no ORM package saw: raw SQL, say. Each left `audit.coverage_gap`. */
  readonly unseenWrites: readonly WriteGap[];
  /** For people: one line a route, safe for any terminal. */
  toString(): string;
}

/** The coverage of listed routes. Pure. A route that is listed twice counts once, as it is met first. */
export function coverageOf(
  listed: readonly ListedRoute[],
  deciders: Deciders,
  unseenWrites: readonly WriteGap[] = [],
): Coverage {
  const judged = new Map<string, Judged>();
  for (const one of listed) {
    const key = `${one.method} ${one.route} ${one.handler?.controller ?? ''}.${one.handler?.method ?? ''}`;
    const found = judged.has(key) ? undefined : judge(one, deciders);
    if (found !== undefined) judged.set(key, found);
  }
  const all = [...judged.values()];
  const routes = all.filter(({ quiet }) => !quiet).map(({ row }) => row);
  const lists = {
    routes,
    unaudited: routes.filter(({ recorded }) => !recorded),
    withoutResource: routes.filter(({ gaps }) => gaps.includes('no resource')),
    withoutLoader: routes.filter(({ gaps }) => gaps.includes('no loader')),
    withoutDiff: routes.filter(({ gaps }) => gaps.includes('no diff')),
    quiet: all.filter(({ quiet }) => quiet).map(({ row }) => row),
    unseenWrites: [...unseenWrites],
  };
  for (const list of Object.values(lists)) Object.freeze(list);
  return Object.freeze(Object.defineProperty(lists, 'toString', { value: () => coverageText(lists) }));
}
