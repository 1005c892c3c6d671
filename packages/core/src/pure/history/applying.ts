import type { ToldChange } from './links.js';
import { type Stored, UNTOLD } from './stored.js';

/** Where a change does not go with the state that it is applied to. */
export interface Misfit {
  readonly path: string;
  /** Another value was there; there is no such place; several items of a list may be meant. */
  readonly kind: 'differs' | 'missing' | 'which';
}

/** How the changes of one event are applied. */
export interface Applying {
  readonly misfits: Misfit[];
  /** Fields of the resource that change without an event, such as `updatedAt`: no surprise in them. */
  readonly isQuiet: (name: string) => boolean;
  /** What the event says may be there already: another event of the same deed said it. */
  readonly isAgain: boolean;
  /** Tries that are left for finding which items of lists are meant. */
  readonly budget: { tries: number };
}

/** What one place holds after the changes of it and in it, whose paths have that many names before its own. */
export type GroupAfter = (
  held: Stored | undefined,
  group: readonly ToldChange[],
  depth: number,
  how: Applying,
) => Stored | undefined;

/** Changes by the name that their paths have at this depth, in order. */
export function byName(changes: readonly ToldChange[], depth: number): Map<string, ToldChange[]> {
  const groups = new Map<string, ToldChange[]>();
  for (const change of changes) {
    const name = change.names[depth] as string;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [change]);
    else group.push(change);
  }
  return groups;
}

/** What an add or a replace leaves; null is a value. */
export function newValue(change: ToldChange): Stored {
  return change.new === undefined ? UNTOLD : change.new;
}
