import type { ServerResponse } from 'node:http';
import { idFrom } from '../pure/actor/index.js';

/** Answers longer than this are not looked into. */
const MAX_ANSWER = 65_536;

/** Keeps the text of a JSON answer as it is sent, at once or in pieces; the bytes on the wire are untouched. */
export function keepAnswer(response: ServerResponse, keep: (text: string) => void): void {
  const { end, write } = response;
  let pieces: Buffer[] = [];
  let size = 0;
  const add = (chunk: unknown): void => {
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (!(piece instanceof Uint8Array) || (size === 0 && !startsJson(piece))) {
      size = MAX_ANSWER;
      return;
    }
    size += piece.byteLength;
    // What the application does with its buffer afterwards is not what it sent.
    if (size <= MAX_ANSWER) pieces.push(Buffer.from(piece));
    else pieces = [];
  };
  const keptWrite = function (this: ServerResponse, ...given: unknown[]) {
    add(given[0]);
    return Reflect.apply(write, this, given) as boolean;
  } as ServerResponse['write'];
  const kept = function (this: ServerResponse, ...given: unknown[]) {
    // Whoever wrapped it after us (a session store, compression) keeps what is theirs.
    if (response.end === kept) response.end = end;
    if (response.write === keptWrite) response.write = write;
    const [chunk] = given;
    if (size > 0) {
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) add(chunk);
      if (size <= MAX_ANSWER && pieces.length > 0) keep(Buffer.concat(pieces).toString());
    } else if (typeof chunk === 'string') keep(chunk);
    else if (chunk instanceof Uint8Array && chunk.byteLength <= MAX_ANSWER && startsJson(chunk)) {
      keep(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString());
    }
    return Reflect.apply(end, this, given) as ServerResponse;
  } as ServerResponse['end'];
  response.write = keptWrite;
  response.end = kept;
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

const WRAPPERS = ['data', 'result', 'item', 'attributes', 'payload', 'response'];
const IDS = ['id', '_id', 'uuid', 'uid', 'guid'];

/** The id that a create answered with, at the top or in the usual wrappers, else the end of `Location` (RFC 9110, 10.2.2). */
export function createdId(answer: unknown, type: string | undefined, location: unknown): string | undefined {
  for (const holder of holdersOf(answer, type)) {
    for (const name of type === undefined ? IDS : [...IDS, `${type}_id`, `${camel(type)}Id`]) {
      const id = Object.hasOwn(holder, name) ? idFrom(holder[name]) : undefined;
      if (id !== undefined) return id;
    }
  }
  return typeof location === 'string' ? lastSegment(location) : undefined;
}

/** The objects in an answer that may be the thing itself, likeliest first. */
export function holdersOf(answer: unknown, type: string | undefined): Record<string, unknown>[] {
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
