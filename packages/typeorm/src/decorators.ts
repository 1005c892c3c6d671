import { AuditError, checkOptions, is } from '@whodunit/core';
import type { FieldOptions, FieldPolicy } from '@whodunit/core/writes';

/** On the class itself, so that it is found whichever copy of this package asks. */
const SAID = Symbol.for('whodunit.fields');

type Said = Record<string, FieldOptions>;

/**
 * Says what may be stored of a property of an entity, and what people call it: `@AuditField('mask')`,
 * `@AuditField({ policy: 'hash', label: 'Tax number' })`. What `models` or `resources` say of the same field counts more.
 * On a relation it is meant for the columns that hold the other's id.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function AuditField(options: FieldPolicy | FieldOptions): PropertyDecorator {
  const given = typeof options === 'string' ? { policy: options } : options;
  checkOptions('AuditField', given, {
    policy: is.oneOf('track', 'quiet', 'mask', 'hash', 'drop'),
    label: is.text,
    name: is.action,
  });
  return (target, property) => {
    if (typeof property !== 'string')
      throw new AuditError(
        'AUDIT_OPTION_INVALID',
        'AuditField: a column has a name. Put it on a property of an entity.',
      );
    const owner = target.constructor;
    const said: Said = Object.hasOwn(owner, SAID) ? (Reflect.get(owner, SAID) as Said) : {};
    Object.defineProperty(owner, SAID, { value: { ...said, [property]: given }, configurable: true });
  };
}

/** Nothing of this property is ever stored, not even that it changed. */
export function AuditIgnore(): PropertyDecorator {
  return AuditField('drop');
}

/** What decorators say of a property of a class, or of the nearest class that it extends. */
export function saidOf(owner: unknown, property: string): FieldOptions | undefined {
  for (let at = owner; typeof at === 'function'; at = Object.getPrototypeOf(at)) {
    const said = Object.hasOwn(at, SAID) ? (Reflect.get(at, SAID) as Said) : {};
    if (Object.hasOwn(said, property)) return said[property];
  }
  return undefined;
}
