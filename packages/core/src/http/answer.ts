import type { ServerResponse } from 'node:http';
import { idFrom } from '../pure/actor/index.js';

/** Answers longer than this are not looked into. */
const MAX_ANSWER = 65_536;

/** Keeps the text of a JSON answer as it is sent; the bytes on the wire are untouched. */
export function keepAnswer(response: ServerResponse, keep: (text: string) => void): void {
  const end = response.end;
  const kept = function (this: ServerResponse, ...given: unknown[]) {
    // Whoever wrapped it after us (a session store, compression) keeps what is theirs.
    if (response.end === kept) response.end = end;
    const [chunk] = given;
    if (typeof chunk === 'string') keep(chunk);
    else if (chunk instanceof Uint8Array && chunk.byteLength <= MAX_ANSWER && startsJson(chunk)) {
      keep(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString());
    }
    return Reflect.apply(end, this, given) as ServerResponse;
  } as ServerResponse['end'];
  response.end = kept;
}

/** The same for an answer that is written part by part, as handlers of web requests and some session stores do. */
export function keepWritten(response: ServerResponse, keep: (text: string) => void): void {
  const { end, write } = response;
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const add = (chunk: unknown): void => {
    const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk instanceof Uint8Array ? chunk : undefined;
    bytes += part?.byteLength ?? 0;
    if (part !== undefined && bytes <= MAX_ANSWER) parts.push(part);
  };
  response.write = function (this: ServerResponse, ...given: unknown[]) {
    add(given[0]);
    return Reflect.apply(write, this, given) as boolean;
  } as ServerResponse['write'];
  response.end = function (this: ServerResponse, ...given: unknown[]) {
    const [first] = parts;
    if (first !== undefined) {
      add(given[0]);
      if (bytes <= MAX_ANSWER && startsJson(first)) keep(Buffer.concat(parts).toString());
      parts = [];
    }
    return Reflect.apply(end, this, given) as ServerResponse;
  } as ServerResponse['end'];
}

/** The answer as data, when it is a JSON object or list. */
export function parseAnswer(text: string | undefined): unknown {
  if (text === undefined || text.length > MAX_ANSWER || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Answers that say themselves that nothing came of it: `{ success: false }`, `{ ok: false }`. */
const SAYS_NO = /"(?:ok|success)"\s*:\s*false/;

/** True for an answer that may say so, wherever it stands. */
export function maySayNo(text: string | undefined): boolean {
  return text !== undefined && text.length <= MAX_ANSWER && SAYS_NO.test(text);
}

const WRAPPERS = ['data', 'result', 'item', 'attributes', 'payload', 'response'];
const IDS = ['id', '_id', 'uuid', 'uid', 'guid'];

/** The id that a create answered with, at the top or in the usual wrappers, else the end of `Location` (RFC 9110, 10.2.2). */
export function createdId(answer: unknown, type: string | undefined, location: unknown): string | undefined {
  const holders = holdersOf(answer, type);
  for (const holder of holders) {
    for (const name of type === undefined ? IDS : [...IDS, `${type}_id`, `${camel(type)}Id`]) {
      const id = Object.hasOwn(holder, name) ? idFrom(holder[name]) : undefined;
      if (id !== undefined) return id;
    }
  }
  for (const holder of holders) {
    const slug = Object.hasOwn(holder, 'slug') ? idFrom(holder['slug']) : undefined;
    if (slug !== undefined) return slug;
  }
  return typeof location === 'string' ? lastSegment(location) : undefined;
}

/** The objects in an answer that may be the thing itself, likeliest first. */
function holdersOf(answer: unknown, type: string | undefined): Record<string, unknown>[] {
  if (!isObject(answer)) return [];
  const names = type === undefined ? WRAPPERS : [type, camel(type), ...WRAPPERS];
  const inside = names.flatMap((name) => (Object.hasOwn(answer, name) && isObject(answer[name]) ? [answer[name]] : []));
  const deeper = inside.flatMap((holder) => {
    const named = type === undefined ? undefined : holder[type];
    return isObject(named) ? [named] : [];
  });
  return [...deeper, ...inside, answer];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function startsJson(chunk: Uint8Array): boolean {
  return chunk[0] === 0x7b || chunk[0] === 0x5b;
}

function camel(type: string): string {
  return type.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function lastSegment(location: string): string | undefined {
  const path = location.replace(/[?#].*$/s, '').replace(/\/+$/, '');
  const segment = path.slice(path.lastIndexOf('/') + 1);
  // A page such as /projects/new or /done is no id; an id has a digit or is long.
  if (segment === '' || segment.length > 128 || !(/\d/.test(segment) || segment.length >= 20)) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
