import { singularOf, wordsOf } from './recognise/index.js';

/** The state that is read before an update or delete: of which type, and the id in the path. */
export interface Loadable {
  readonly type: string;
  readonly id: string;
}

/** The first of these types that a path, or the template of one, has with an id behind it. */
export function loadableIn(path: string, types: readonly string[]): Loadable | undefined {
  if (types.length === 0) return undefined;
  const segments = path.split('/');
  for (const type of types) {
    const id = idBehind(segments, type);
    if (id !== undefined) return { type, id };
  }
  return undefined;
}

/** The segment behind the resource's own: `/api/projects/42/archive` has project 42. */
function idBehind(segments: readonly string[], type: string): string | undefined {
  for (let i = segments.length - 2; i >= 0; i--) {
    const id = segments[i + 1];
    const segment = segments[i] ?? '';
    if (id === undefined || id === '') continue;
    if (segment !== type && wordsOf(segment).map(singularOf).join('_') !== type) continue;
    try {
      return decodeURIComponent(id);
    } catch {
      return id;
    }
  }
  return undefined;
}
