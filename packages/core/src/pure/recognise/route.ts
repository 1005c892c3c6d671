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
  readonly ending?: string;
  /** The first fixed segment as it was written, lower case: `.well-known`. */
  readonly folder?: string;
  /** True for `users.invite` and `users:invite`: the last part is the name of a procedure. */
  readonly procedure: boolean;
}

const MAX_SEGMENTS = 64;
const MAX_LENGTH = 2048;

/** Reads a route template. Bounded: 2,048 characters and 64 segments, the last ones count. */
export function readRoute(template: string): Route {
  const text = template.length > MAX_LENGTH ? template.slice(-MAX_LENGTH) : template;
  const segments = text
    .replace(/\?[^/?]*=.*$/, '')
    .split('/')
    .filter((segment) => segment !== '')
    .slice(-MAX_SEGMENTS);
  const parts: Part[] = [];
  let ending: string | undefined;
  let procedure = false;
  let front = true;
  let folder: string | undefined;
  let prefixed = false;
  for (let at = 0; at < segments.length; at++) {
    const segment = segments[at] as string;
    const last = at === segments.length - 1;
    if (front && !last) {
      const lower = segment.toLowerCase();
      if (PREFIXES.has(lower)) {
        prefixed = true;
        continue;
      }
      if (at === 0 && LOCALES.has(lower.slice(0, 2)) && /^[a-z]{2}(?:[-_][a-z]{2})?$/.test(lower)) continue;
      if (prefixed && /^\d+$/.test(segment)) continue;
    }
    if (VERSION.test(segment) && (!last || parts.length === 0)) continue;
    const param = paramName(segment);
    if (param !== undefined) {
      parts.push({ param });
      if (segment.startsWith('{') && /\}:[a-z]+$/i.test(segment)) {
        parts.push(literal(segment.slice(segment.indexOf('}:') + 2)));
        procedure = true;
      }
      front = false;
      continue;
    }
    front = false;
    const fixed = segment.replace(/,.*$|\{[^}]*\}|\\/g, '');
    folder ??= fixed.toLowerCase();
    const dot = fixed.lastIndexOf('.');
    if (dot > 0 && last) {
      const tail = fixed.slice(dot + 1).toLowerCase();
      if (FORMATS.has(tail) || DOCUMENTS.has(tail) || ASSETS.has(tail)) {
        ending = tail;
        parts.push(literal(fixed.slice(0, dot)));
        continue;
      }
    }
    const pieces = fixed.split(/[.:]/).filter((piece) => piece !== '');
    for (const piece of pieces) parts.push(literal(piece));
    procedure = pieces.length > 1;
  }
  return { parts, procedure, ...(folder === undefined ? {} : { folder }), ...(ending === undefined ? {} : { ending }) };
}

/** `:id`, `:id(\\d+)`, `{id}`, `{id:guid}`, `*path`, `{*path}` and `{base}...{head}` are parameters; the last name counts. */
function paramName(segment: string): string | undefined {
  const first = segment.charCodeAt(0);
  if (first === 58 /* : */) {
    const names = segment.match(/:(\w+)/g);
    return names?.[names.length - 1]?.slice(1) ?? 'param';
  }
  if (first === 123 /* { */) {
    const names = segment.match(/\{[^}]*\}/g);
    const name = names?.[names.length - 1];
    return name === undefined
      ? undefined
      : name
          .slice(1, -1)
          .replace(/^[:*]+/, '')
          .split(':')[0];
  }
  if (first === 42 /* * */) return segment.slice(1) || 'splat';
  if (first === 40 /* ( */) return 'param';
  return undefined;
}

function literal(text: string): Part {
  return { words: wordsOf(text), text };
}
