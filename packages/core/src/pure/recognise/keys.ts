import { memberOf } from './member.js';
import type { RecogniseInput } from './types.js';

const MAX_KEYS = 64;

/**
 * The names that a body brings: its own; or those inside, where it is only a wrapping: `{ user: { password } }`, and the
 * `data.attributes` of JSON:API.
 */
export function keysOf({ bodyKeys, body }: RecogniseInput): readonly string[] | undefined {
  const attributes = memberOf(memberOf(body, 'data'), 'attributes');
  const only = bodyKeys?.length === 1 ? memberOf(body, bodyKeys[0] as string) : undefined;
  return namesIn(attributes) ?? namesIn(only) ?? bodyKeys;
}

function namesIn(value: unknown): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  try {
    return Object.keys(value).slice(0, MAX_KEYS);
  } catch {
    return undefined;
  }
}
