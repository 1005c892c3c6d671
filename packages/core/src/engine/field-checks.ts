import { checkOptions, is } from '../model/check.js';
import { AuditError } from '../model/errors.js';
import type { FieldOptions, FieldPolicy, RedactOptions } from '../model/options.js';

const POLICIES = ['track', 'quiet', 'mask', 'hash', 'drop'] as const;
const policy = is.oneOf(...POLICIES);

/** A key that can be guessed makes hashes that can be undone. */
const MIN_KEY = 16;

/** @throws AuditError `AUDIT_OPTION_INVALID`, naming the field and the fix */
export function checkFields(where: string, fields: unknown, hashKey: RedactOptions['hashKey']): void {
  if (fields === undefined) return;
  for (const [name, given] of Object.entries(fields as Readonly<Record<string, FieldPolicy | FieldOptions>>)) {
    const at = `${where}.${name}`;
    const options = typeof given === 'string' ? { policy: given } : given;
    checkOptions(at, options, { policy, label: is.text, name: is.action });
    if (options.policy === 'hash' && hashKey === undefined) {
      const message = `${at}: \`hash\` needs a key. Set \`redact: { hashKey }\` to at least ${MIN_KEY} characters from your secrets store.`;
      throw new AuditError('AUDIT_OPTION_INVALID', message);
    }
  }
}

export function hashKeyCheck(value: unknown): string | undefined {
  return typeof value === 'string' && value.length >= MIN_KEY ? undefined : `a text of at least ${MIN_KEY} characters`;
}
