import { AuditError, checkOptions, is } from '@whodunit/core';
import type { FieldOptions, FieldPolicy } from '@whodunit/core/writes';
import type { PathLike, SchemaLike } from './like.js';

type Told = FieldPolicy | FieldOptions;

/** No schema is nested deeper; one that holds itself would be. */
const MAX_DEPTH = 8;

/**
 * What a schema says of its fields, by their paths: by the option `audit` of a path (a policy, options of the field, or
 * `false` to leave it out), and by what Mongoose itself hides: `select: false`, and what is stored encrypted. Of a map, what is
 * said of its values counts for all of it.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function fieldsIn(schema: SchemaLike, prefix = '', depth = 0): Map<string, Told> {
  const fields = new Map<string, Told>();
  for (const [name, path] of Object.entries(schema.paths)) {
    const at = `${prefix}${name}`.replace(/\.\$\*.*$/, '');
    const told = toldOf(at, path);
    if (told !== undefined) fields.set(at, told);
    else if (path.schema !== undefined && depth < MAX_DEPTH)
      for (const [inner, of] of fieldsIn(path.schema, `${at}.`, depth + 1)) fields.set(inner, of);
  }
  return fields;
}

function toldOf(at: string, { options }: PathLike): Told | undefined {
  const audit: unknown = options?.audit;
  if (audit === false) return 'drop';
  if (audit !== undefined) {
    check(at, audit);
    return audit as Told;
  }
  return options?.select === false || options?.encrypt !== undefined ? 'mask' : undefined;
}

function check(at: string, audit: unknown): void {
  const where = `schema path \`${at}\`: audit`;
  const options = typeof audit === 'string' ? { policy: audit } : audit;
  checkOptions(where, options, {
    policy: is.oneOf('track', 'quiet', 'mask', 'hash', 'drop'),
    label: is.text,
    name: is.action,
  });
  if (audit === true) throw new AuditError('AUDIT_OPTION_INVALID', `${where} must be a policy, options or false.`);
}
