/** Annex B of ECMAScript: asks for an accessor without making a descriptor of every plain value. */
const getterOf = (Object.prototype as unknown as { __lookupGetter__: (name: string | number) => unknown })
  .__lookupGetter__;

/** `readMember` of a name that `Object.keys` gave, or of an index. */
export function readOwn(holder: object, name: string | number): unknown {
  return getterOf.call(holder, name) === undefined ? (holder as Record<string, unknown>)[name] : '[accessor]';
}

/** What a field holds without running an accessor; an accessor reads as its kind. */
export function readMember(holder: object, name: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(holder, name);
  if (descriptor === undefined) return undefined;
  return descriptor.get === undefined && descriptor.set === undefined ? descriptor.value : '[accessor]';
}
