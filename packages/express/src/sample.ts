import type { Request } from 'express';
import { type PlainPath, plainPath, segmentsOf } from './plain-path.js';

/** A path with something in the place of each parameter, as a client would send it. */
export interface Sample {
  readonly text: string;
  readonly params: Readonly<Record<string, string>>;
}

/** Looks like an id to everybody; each is another, so that it can be told where it stands. */
const FIRST_ID = 900_001;

/** A sample of a path of whole words and parameters; `undefined` for a pattern. `taken` ids are in use already. */
export function sampleOf(path: string, taken: number): Sample | undefined {
  const plain = plainPath(path);
  if (plain === undefined) return undefined;
  const params: Record<string, string> = {};
  return { text: textOf(plain, taken, params), params };
}

function textOf({ segments }: PlainPath, taken: number, params: Record<string, string>): string {
  let used = taken;
  const texts = segments.map(({ isName, text }) => {
    if (!isName) return text;
    params[text] = String(FIRST_ID + used++);
    return params[text];
  });
  return texts.map((text) => `/${text}`).join('');
}

/** Names in a pattern, with a value each: `/files/*path`, `/things{/:id}`. */
export function sampleOfPattern(path: string): Sample {
  const names = path.match(/[:*]\w+/g) ?? [];
  const params = Object.fromEntries(names.map((name, i) => [name.slice(1), String(FIRST_ID + i)]));
  // Express 4 numbers what a wildcard matched.
  return { text: path, params: names.length === 0 ? { 0: String(FIRST_ID) } : params };
}

/** A request as a route would see it, as far as its place is told by it. */
export function sampleRequest(route: unknown, baseUrl: string, path: Sample, inherited: Sample['params']): Request {
  const originalUrl = `${baseUrl}${path.text}` || '/';
  const params = { ...inherited, ...path.params };
  return { route, baseUrl, originalUrl, url: path.text || '/', params } as unknown as Request;
}

/** Where a router is mounted. */
export interface Mount {
  /** As it was given, with those above it: `/orgs/:orgId`. `undefined` once a part of it is not known. */
  readonly path: string | undefined;
  /** What a request that came this far has of it. */
  readonly text: string;
  readonly params: Readonly<Record<string, string>>;
}

export const ROOT: Mount = { path: '', text: '', params: {} };

/** What is mounted at a path of this router, of which a request has kept `inherited`. */
export function below(at: Mount, path: string | undefined, inherited: Mount['params']): Mount {
  const sample = path === undefined ? undefined : sampleOf(path, segmentsOf(at.text).length);
  if (sample === undefined || at.path === undefined) return { path: undefined, text: at.text, params: {} };
  return {
    path: `${at.path}${path === '/' ? '' : path}`,
    text: `${at.text}${sample.text}`,
    params: { ...inherited, ...sample.params },
  };
}
