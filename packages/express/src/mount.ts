import { free, learn, learnedNames, type Names, withInferred } from './mount-names.js';
import { decoded, segmentsOf } from './plain-path.js';

/** A mount path, of which Express keeps only the text that was matched. */
export interface Mount {
  /** `/orgs/:orgId` */
  readonly template: string;
  readonly params: Readonly<Record<string, string>>;
}

/** What is known of one request beside the text of its mount path. */
export interface MountFacts {
  /** Parameters of the mount path that the request still has (`mergeParams`). */
  readonly params: Readonly<Record<string, string>>;
  /** The path of its route. */
  readonly path: string;
  /** Names that the route itself uses. */
  readonly taken: readonly string[];
  /** Express has dropped nothing yet: parameters that are not there are not for the route to see. */
  readonly whole: boolean;
}

const NONE: Mount = { template: '', params: {} };
const MAX_TEXTS = 1_000;

/** Texts of mount paths whose routes see no parameter. */
const plain = new Map<string, Mount>();
/**
 * Makes a template of the text of a mount path. Its parameters are, in this order: those that the request still has,
 * those that an earlier request through the same mount path had, and what looks like an id, called after the segment
 * before it (`/orgs/7` is `/orgs/:orgId`). Never a name that the route itself uses. Bounded memory.
 */
export function mountOf(text: string, facts: MountFacts): Mount {
  if (text === '') return NONE;
  const mount = byParams(text, facts) ?? (facts.whole ? byText(text) : fromBefore(text, facts.path));
  return facts.taken.some((name) => Object.hasOwn(mount.params, name)) ? renamed(text, mount, facts.taken) : mount;
}

function byParams(text: string, { params, path, whole }: MountFacts): Mount | undefined {
  const given = Object.keys(params);
  if (given.length === 0) return undefined;
  const words = segmentsOf(text);
  const names: (string | undefined)[] = words.map(() => undefined);
  // Parameters stand in the order of the path, so the last one is looked for from the right.
  for (const name of given.reverse()) {
    const at = words.findLastIndex((word, i) => names[i] === undefined && decoded(word) === params[name]);
    if (at >= 0) names[at] = name;
  }
  if (names.every((name) => name === undefined)) return undefined;
  const mount = mountWith(words, withInferred(words, names));
  if (whole) learn(mount.template, words, names, path);
  return mount;
}

function byText(text: string): Mount {
  const before = plain.get(text);
  if (before !== undefined) return before;
  const words = segmentsOf(text);
  const mount = mountWith(words, withInferred(words, []));
  if (plain.size >= MAX_TEXTS) plain.clear();
  plain.set(text, mount);
  return mount;
}

/** What earlier requests say of a text on an ending that has lost everything. */
function fromBefore(text: string, path: string): Mount {
  const before = plain.get(text);
  if (before !== undefined) return before;
  const words = segmentsOf(text);
  return mountWith(words, withInferred(words, learnedNames(words, path)));
}

function renamed(text: string, mount: Mount, taken: readonly string[]): Mount {
  const used = new Set<string | undefined>(taken);
  const names = segmentsOf(mount.template).map((segment) => {
    if (!segment.startsWith(':')) return undefined;
    const name = free(segment.slice(1), used);
    used.add(name);
    return name;
  });
  return mountWith(segmentsOf(text), names);
}

function mountWith(segments: readonly string[], names: Names): Mount {
  const params: Record<string, string> = {};
  let template = '';
  for (const [i, segment] of segments.entries()) {
    const name = names[i];
    template += name === undefined ? `/${segment}` : `/:${name}`;
    if (name !== undefined) params[name] = decoded(segment);
  }
  return { template, params };
}
