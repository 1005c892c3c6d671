import { canonicalJson } from './canonical.js';
import { safeText } from './snapshot.js';

/**
 * Collects the pieces of one text in a list that is used again and again: joined once, they leave no half-made strings for
 * the garbage collector.
 */
export class Pieces {
  readonly #list: string[] = [];
  #count = 0;

  add(piece: string): this {
    this.#list[this.#count++] = piece;
    return this;
  }

  /** The whole text; the next piece begins a new one. */
  join(): string {
    this.#list.length = this.#count;
    this.#count = 0;
    return this.#list.join('');
  }

  /** Forgets what a writer that failed has left. */
  clear(): this {
    this.#count = 0;
    return this;
  }
}

/** Printable ASCII with nothing that JSON escapes. */
const BARE = /^[ !#-[\]-~]*$/;

/** A string as JSON. Most are plain ASCII, which one look tells at a quarter of the cost of JSON.stringify. */
export function quoted(text: string): string {
  return BARE.test(text) ? `"${text}"` : JSON.stringify(text);
}

/**
 * Adds a value that `snapshot` made as JSON, behind `before`: it is plain, and its members stand in canonical order already,
 * unless `unordered` says that they may not.
 */
export function addJson(out: Pieces, before: string, value: unknown, unordered: boolean): void {
  out.add(before);
  if (typeof value === 'string') {
    if (BARE.test(value)) out.add('"').add(value).add('"');
    else out.add(JSON.stringify(value));
  } else if (typeof value === 'number' || typeof value === 'boolean') out.add(String(value));
  else out.add(unordered ? canonicalJson(value) : JSON.stringify(value));
}

export const MAX_LABEL = 512;

/** An id or a name: clean, and never longer than a label needs to be. */
export function labelOf(value: unknown): string {
  const given = typeof value === 'string' ? value : String(typeof value === 'object' ? '[object]' : value);
  return safeText(given.length > MAX_LABEL ? given.slice(0, MAX_LABEL) : given);
}

export function labelText(value: unknown): string {
  return quoted(labelOf(value));
}

const MAX_COMMON = 1_000;
const common = new Map<string, string>();

/** `labelText` of what comes again and again (a person, a browser's name, a route): its text is kept. Bounded memory. */
export function commonText(value: unknown): string {
  if (typeof value !== 'string' || value.length > MAX_LABEL) return labelText(value);
  const known = common.get(value);
  if (known !== undefined) return known;
  const text = labelText(value);
  if (common.size >= MAX_COMMON) common.clear();
  common.set(value, text);
  return text;
}
