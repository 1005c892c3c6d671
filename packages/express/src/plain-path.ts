/** One segment of a route's path: a word that must stand there, or the name of a parameter. */
interface Segment {
  readonly text: string;
  readonly isName: boolean;
}

/** The path that a route was registered with, when it is made of whole words and parameters. */
export interface PlainPath {
  /** `/projects/:id`; nothing for `/`. */
  readonly template: string;
  readonly segments: readonly Segment[];
  /** Names of its parameters. */
  readonly names: readonly string[];
}

const MAX_PATHS = 2_000;
const known = new Map<string, PlainPath | undefined>();

/** Reads the path of a route; `undefined` for patterns, where nothing certain can be said. Bounded memory. */
export function plainPath(path: string): PlainPath | undefined {
  const before = known.get(path);
  if (before !== undefined || known.has(path)) return before;
  if (known.size >= MAX_PATHS) known.clear();
  const read = readPath(path);
  known.set(path, read);
  return read;
}

/** Where the path starts within the segments of a whole request path that ends with it; -1 when it does not. */
export function startOf(path: PlainPath, whole: readonly string[]): number {
  const start = whole.length - path.segments.length;
  if (start < 0) return -1;
  for (const [i, { text, isName }] of path.segments.entries()) {
    // Routes of Express do not tell upper from lower case unless they are asked to.
    if (!isName && text.toLowerCase() !== decoded(whole[start + i] ?? '').toLowerCase()) return -1;
  }
  return start;
}

/** The values of the path's parameters, decoded, when it starts there. */
export function valuesAt(path: PlainPath, whole: readonly string[], start: number): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [i, { text, isName }] of path.segments.entries()) {
    if (isName) values[text] = decoded(whole[start + i] ?? '');
  }
  return values;
}

/** The segments of a path, as they were sent. */
export function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

export function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function readPath(path: string): PlainPath | undefined {
  const segments: Segment[] = [];
  for (const segment of segmentsOf(path)) {
    // Express 4 knows `:id(\\d+)`: a parameter all the same.
    const name = /^:(\w+)(?:\([^/]*\))?$/.exec(segment)?.[1];
    if (name !== undefined) segments.push({ text: name, isName: true });
    else if (/^[^:*+?(){}[\]\\]+$/.test(segment)) segments.push({ text: segment, isName: false });
    else return undefined;
  }
  const template = segments.map(({ text, isName }) => `/${isName ? ':' : ''}${text}`).join('');
  return { template, segments, names: segments.flatMap(({ text, isName }) => (isName ? [text] : [])) };
}
