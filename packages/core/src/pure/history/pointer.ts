/** Bounds of a path that is worth following; what is recorded never comes near. */
const MAX_PATH = 8_192;
const MAX_SEGMENTS = 32;

/** The names in an RFC 6901 pointer; `undefined` for what is none, or is longer than any that was recorded. */
export function namesIn(path: unknown): readonly string[] | undefined {
  if (path === '') return [];
  if (typeof path !== 'string' || !path.startsWith('/') || path.length > MAX_PATH) return undefined;
  const names = path.split('/').slice(1);
  if (names.length > MAX_SEGMENTS) return undefined;
  return names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The pointer to a place. */
export function pointerOf(names: readonly string[]): string {
  return names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Is one of two places inside of the other, or are they the same? */
export function overlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/** Is `path` the place itself or inside of it? */
export function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

/** A place in a list. */
export function indexOf(name: string): number | undefined {
  return /^(?:0|[1-9]\d{0,8})$/.test(name) ? Number(name) : undefined;
}

/** Does a path go through a place in a list, as far as its names tell? */
export function hasIndex(names: readonly string[]): boolean {
  return names.some((name) => indexOf(name) !== undefined);
}
