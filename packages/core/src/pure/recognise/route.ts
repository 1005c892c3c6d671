import { ASSETS, DOCUMENTS, FORMATS, LOCALES, PREFIXES, VERSION } from './prefixes.js';
import { wordsOf } from './words.js';

/** A fixed segment of a route, as words; or a parameter. */
export type Part =
  | { readonly param: string; readonly words?: undefined }
  | { readonly param?: undefined; readonly words: readonly string[]; readonly text: string };

/** A route as recognition reads it: without prefixes, versions, languages and file endings. */
export interface Route {
  readonly parts: readonly Part[];
  /** The file ending of the last segment: `csv`, `png`. */
  readonly ending: string | undefined;
  /** The first fixed segment as it was written, lower case: `.well-known`. */
  readonly folder: string | undefined;
  /** True for `users.invite` and `users:invite`: the last part is the name of a procedure. */
  readonly procedure: boolean;
}

const MAX_SEGMENTS = 64;
const MAX_LENGTH = 2048;

/** Reads a route template. Bounded: 2,048 characters and 64 segments, the last ones count. */
export function readRoute(template: string): Route {
  const segments = segmentsOf(template);
  const front = frontOf(segments);
  const parts: Part[] = [];
  let folder: string | undefined;
  let ending: string | undefined;
  let procedure = false;
  for (let at = front; at < segments.length; at++) {
    const segment = segments[at] as string;
    const last = at === segments.length - 1;
    const bound = last ? /^:(\w+)\\?:([a-z]+)$/i.exec(segment) : null;
    const param = bound?.[1] ?? paramName(segment);
    if (param !== undefined) {
      parts.push({ param });
      const call = bound?.[2] ?? (last && segment.startsWith('{') ? /\}:([a-z]+)$/i.exec(segment)?.[1] : undefined);
      if (call !== undefined) parts.push(literal(call));
      procedure = call !== undefined;
      continue;
    }
    if (isVersion(segment) && (!last || parts.length === 0)) continue;
    // JSON:API: `/articles/:id/relationships/tags` is about the tags of an article.
    if (segment === 'relationships' && !last && parts.length > 0) continue;
    const fixed = PLAIN.test(segment) ? segment : segment.replace(/,.*$|\{[^{}]*\}|\\/g, '');
    folder ??= fixed.toLowerCase();
    if (last) ending = endingOf(fixed);
    const pieces = (ending === undefined ? fixed : fixed.slice(0, -1 - ending.length)).split(DOTS);
    for (const piece of pieces) if (piece !== '') parts.push(literal(piece));
    procedure = pieces.length > 1 && ending === undefined;
  }
  return { parts, procedure, folder, ending };
}

const PLAIN = /^[\w.:-]*$/;
const DOTS = /[.:]/;

function segmentsOf(template: string): readonly string[] {
  const text = template.length > MAX_LENGTH ? template.slice(-MAX_LENGTH) : template;
  const path = text.includes('=') ? text.replace(/\?[^/?]*=.*$/, '') : text;
  // OData: `/orders(:id)` is `/orders/:id`.
  const plain = path.includes('(') ? path.replace(/\(([:{][^()]*)\)/g, '/$1') : path;
  const segments = plain.split('/').filter((segment) => segment !== '');
  return segments.length > MAX_SEGMENTS ? segments.slice(-MAX_SEGMENTS) : segments;
}

/** Where a route begins behind language, prefixes and versions: `/de/api/v1/orders` begins at orders. */
function frontOf(segments: readonly string[]): number {
  let at = isMounted(segments) ? 1 : 0;
  let prefixed = false;
  for (; at < segments.length - 1; at++) {
    const segment = segments[at] as string;
    const lower = segment.toLowerCase();
    const isPrefix = PREFIXES.has(lower);
    prefixed ||= isPrefix;
    if (isPrefix || isVersion(segment) || (prefixed && /^\d+$/.test(segment))) continue;
    if (at === 0 && LOCALES.has(lower.slice(0, 2)) && /^[a-z]{2}(?:[-_][a-z]{2})?$/.test(lower)) continue;
    break;
  }
  return at;
}

/** `/shop/api/orders`: what stands before the api is where it is mounted. */
function isMounted(segments: readonly string[]): boolean {
  return segments.length > 2 && segments[1]?.toLowerCase() === 'api' && paramName(segments[0] as string) === undefined;
}

/** Only a word that starts like a version is looked at closely. */
function isVersion(segment: string): boolean {
  return /^[vVlLuUbB\d]/.test(segment) && VERSION.test(segment);
}

function endingOf(fixed: string): string | undefined {
  const dot = fixed.lastIndexOf('.');
  if (dot <= 0) return undefined;
  const tail = fixed.slice(dot + 1).toLowerCase();
  return FORMATS.has(tail) || DOCUMENTS.has(tail) || ASSETS.has(tail) ? fixed.slice(dot + 1) : undefined;
}

/** `:id`, `:id(\\d+)`, `{id}`, `{id:guid}`, `*path`, `{*path}` and `{base}...{head}` are parameters; the last name counts. */
function paramName(segment: string): string | undefined {
  switch (segment[0]) {
    case ':': {
      const names = segment.match(/:(\w+)/g);
      return names?.[names.length - 1]?.slice(1) ?? 'param';
    }
    case '{': {
      if (!segment.includes('}')) return undefined;
      const names = segment.match(/\{[^{}]*\}/g) ?? [];
      return names[names.length - 1]
        ?.slice(1, -1)
        .replace(/^[:*]+/, '')
        .split(':')[0];
    }
    case '*':
      return segment.slice(1) || 'splat';
    case '(':
      return 'param';
    default:
      return undefined;
  }
}

function literal(text: string): Part {
  return { words: wordsOf(text), text };
}
