import type { Link } from './links.js';

/** How far ahead is looked for the event that goes on from a state. */
const MAX_AHEAD = 8;

/** Clocks of two processes differ by less. */
export const SKEW_MS = 1_000;

/**
 * The link that comes next, moved to its place. An event has the time at which its request began, so of two requests at once
 * the one that began later may have written first: where an event does not go on from the state and one beside it does, that
 * one came first.
 */
export function nextLink(links: Link[], at: number, goesOn: (link: Link) => boolean): Link {
  const first = links[at] as Link;
  if (first.kind !== 'update' || at + 1 >= links.length || !isBeside(first, links[at + 1] as Link)) return first;
  if (goesOn(first)) return first;
  for (let i = at + 1; i < links.length && i <= at + MAX_AHEAD; i++) {
    const other = links[i] as Link;
    if (other.kind !== 'update' || !isBeside(first, other)) break;
    if (!goesOn(other)) continue;
    links.splice(i, 1);
    links.splice(at, 0, other);
    return other;
  }
  return first;
}

/** Could the other, which began later, have written before this one? */
function isBeside(first: Link, other: Link): boolean {
  return other.time <= first.end + SKEW_MS;
}
