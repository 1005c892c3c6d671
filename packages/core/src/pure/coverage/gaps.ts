import type { Level } from '../../model/event.js';
import { changesState, type Deed } from '../deed.js';
import { isAbout, loadableIn } from '../loadable.js';

/**
 * What an event of a route will lack. `no resource`: it does not say to what. `no loader`: an update or delete whose old
 * values nobody reads, so that at most the new ones are told, by the request's body. `no diff`: not even these.
 */
export type CoverageGap = 'no resource' | 'no loader' | 'no diff';

/** What is known of a route that is recorded. */
export interface Known {
  readonly method: string;
  readonly route: string;
  readonly deed: Deed;
  readonly resource: string | undefined;
  /** As recognised. */
  readonly idParam: string | undefined;
  readonly level: Level;
  /** Resource types that have a loader. */
  readonly loadable: readonly string[];
}

/** Gaps of an event that succeeds. ORM packages and `scope.change` may close the last two; nothing here can know. */
export function gapsOf({ method, route, deed, resource, idParam, level, loadable }: Known): readonly CoverageGap[] {
  const gaps: CoverageGap[] = [];
  if (resource === undefined) gaps.push('no resource');
  if (deed.operation !== 'create' && changesState(deed)) {
    const found = method === 'GET' ? undefined : loadableIn(route, loadable);
    const isLoaded = found !== undefined && resource !== undefined && isAbout(found, { idParam, resource, route });
    if (!isLoaded) gaps.push('no loader');
    if (level === 'metadata' || (!isLoaded && deed.operation === 'delete')) gaps.push('no diff');
  }
  return Object.freeze(gaps);
}
