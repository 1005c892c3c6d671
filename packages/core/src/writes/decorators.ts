import { checkOptions, is } from '../model/check.js';
import { AuditError } from '../model/errors.js';
import type { FieldOptions, FieldPolicy } from '../model/options.js';

/** On the class itself, so that it is found whichever build of this package asks. */
const SAID = Symbol.for('whodunit.fields');

type Said = Readonly<Record<string, FieldOptions>>;

/**
 * Says what may be stored of a property of an entity or model class, and what people call it: `@AuditField('mask')`,
 * `@AuditField({ policy: 'hash', label: 'Tax number' })`. What the options of the package say of the same field counts more,
 * and what `resources` of the auditor say most. On a relation it is meant for the columns that hold the other's id.
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
    if (typeof property !== 'string') {
      const message = 'AuditField: a column has a name. Put it on a property of an entity.';
      throw new AuditError('AUDIT_OPTION_INVALID', message);
    }
    const owner = target.constructor;
    Object.defineProperty(owner, SAID, { value: { ...ownOf(owner), [property]: given }, configurable: true });
  };
}

/** Nothing of this property is ever stored, not even that it changed. */
export function AuditIgnore(): PropertyDecorator {
  return AuditField('drop');
}

/** What decorators say of the properties of a class; of those that it extends, where it says nothing itself. */
export function fieldsSaidOf(owner: unknown): Said {
  // Without a prototype: a property may be called as the members of every object are.
  const said: Said = Object.create(null);
  if (typeof owner !== 'function') return said;
  return Object.assign(said, fieldsSaidOf(Object.getPrototypeOf(owner)), ownOf(owner));
}

function ownOf(owner: object): Said {
  return Object.hasOwn(owner, SAID) ? (Reflect.get(owner, SAID) as Said) : {};
}
