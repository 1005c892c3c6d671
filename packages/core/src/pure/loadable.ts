import { singularOf, wordsOf } from './recognise/index.js';

/** The state that is read before an update or delete: of which type, its id, and which segment of the path that is. */
export interface Loadable {
  readonly type: string;
  readonly id: string;
  readonly at: number;
}

/** What of these types stands last in a path, or in the template of one, with an id behind it. */
export function loadableIn(path: string, types: readonly string[]): Loadable | undefined {
  if (types.length === 0) return undefined;
  const segments = path.split('/');
  for (let at = segments.length - 1; at > 0; at--) {
    const [before = '', id = ''] = [segments[at - 1], segments[at]];
    if (id === '' || before === '') continue;
    const name = plainType(before);
    const type = types.find((each) => each === name || each === before);
    if (type !== undefined) return { type, id: decoded(id), at };
  }
  return undefined;
}

/** Is it what an event is about: does its id stand where the route has the resource's, or is it of the same type? */
export function isAbout(
  { at, type }: Loadable,
  {
    idParam,
    resource,
    route,
  }: { readonly idParam: string | undefined; readonly resource: string; readonly route: string },
): boolean {
  return (idParam !== undefined && route.split('/')[at] === `:${idParam}`) || plainType(type) === plainType(resource);
}

/** `bank-accounts` is bank_account. */
export function plainType(name: string): string {
  return wordsOf(name).map(singularOf).join('_');
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
