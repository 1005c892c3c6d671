import { types } from 'node:util';

/**
 * An application's cache hands out one and the same object before and after; a shallow copy of each level keeps the
 * old values. Instances of classes and built-in types keep their identity: nothing of them is executed.
 */
export function copyOf(state: unknown, depth = 0): unknown {
  if (typeof state !== 'object' || state === null || depth > 8 || types.isProxy(state)) return state;
  if (Array.isArray(state)) return state.length > 1_000 ? state : state.map((item) => copyOf(item, depth + 1));
  if (types.isDate(state) || types.isMap(state) || types.isSet(state) || ArrayBuffer.isView(state)) return state;
  const copy = Object.create(Object.getPrototypeOf(state) as object | null) as object;
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(state))) {
    const held = 'value' in descriptor ? { ...descriptor, value: copyOf(descriptor.value, depth + 1) } : descriptor;
    Object.defineProperty(copy, name, held);
  }
  return copy;
}
