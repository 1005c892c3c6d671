import type { RedactOptions } from '../../model/options.js';
import { secretNames } from './names.js';
import { type PathNode, pathTree } from './paths.js';

/**
 * What stands where a secret value stood. It is typed, not a string: nobody can mistake it for a value, and a change
 * from one secret to another still shows as a change of this field.
 */
export const REDACTED: { readonly $redacted: true } = Object.freeze({ $redacted: true });

/** Decides what is a secret; made once per auditor. */
export interface Redactor {
  /** Is the value of a field with this name a secret? */
  isSecret(name: string): boolean;
  /** Root of the paths that are secret in this application. */
  readonly paths: PathNode | undefined;
}

export function redactor(options: RedactOptions): Redactor {
  return { isSecret: secretNames(options.keys ?? [], options.allow ?? []), paths: pathTree(options.paths ?? []) };
}
