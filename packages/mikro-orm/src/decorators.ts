import type { FieldOptions, FieldPolicy } from '@whodunit/core/writes';

type Said = Record<string, FieldPolicy | FieldOptions>;

const said = new WeakMap<object, Said>();

/**
 * Says what may be known of a property of an entity class: `@AuditField({ policy: 'hash', label: 'E-mail' })`. Options of
 * `auditMikroOrm` and `resources` of the auditor stand above it.
 */
export function AuditField(options: FieldOptions): PropertyDecorator {
  return (prototype, property) => say(prototype, property, options);
}

/** Nothing of this property is in any event: neither its values nor that it changed. */
export function AuditIgnore(): PropertyDecorator {
  return (prototype, property) => say(prototype, property, 'drop');
}

/** What decorators say of a class, and of those that it extends. */
export function saidOf(prototype: object): Said {
  const outer = Object.getPrototypeOf(prototype) as object | null;
  return { ...(outer === null ? {} : saidOf(outer)), ...said.get(prototype) };
}

function say(prototype: object, property: string | symbol, what: FieldPolicy | FieldOptions): void {
  said.set(prototype, { ...said.get(prototype), [String(property)]: what });
}
