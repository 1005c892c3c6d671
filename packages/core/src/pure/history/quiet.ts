import { changesBetween } from '../changes.js';
import { newWalk } from '../snapshot.js';

const OPEN = { isSecret: () => false, paths: undefined };
const MAX_NAMES = 1_000;

/** Says of a member whether it changes without leaving an event, as `updatedAt` does: by asking what compares states. */
export function quietNames(ignore: readonly string[] | undefined): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const verdict = known.get(name) ?? changesBetween({ [name]: 1 }, { [name]: 2 }, newWalk(OPEN), ignore).length === 0;
    if (known.size < MAX_NAMES) known.set(name, verdict);
    return verdict;
  };
}
