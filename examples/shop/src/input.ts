import type { Request } from 'express';
import { HttpError } from './http-error.js';

/** A text from the body; 400 when it is not there. */
export function textIn(request: Request, name: string): string {
  const value = memberOf(request.body, name);
  if (typeof value === 'string' && value.trim() !== '' && value.length <= 200) return value.trim();
  throw new HttpError(400, `\`${name}\` must be a text of at most 200 characters.`);
}

/** A whole number from the body; 400 when it is something else, `undefined` when it is not there. */
export function numberIn(request: Request, name: string): number | undefined {
  const value = memberOf(request.body, name);
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 1e9) return value;
  throw new HttpError(400, `\`${name}\` must be a whole number that is not negative.`);
}

function memberOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined;
}
