import { plain } from './rows.js';

/**
 * The filter or the change of a write as a summary may tell it: without the values of what is masked. Operators and places
 * in an array are no part of the name of a member.
 */
export function tellable(part: unknown, masked: readonly string[], aliases: ReadonlyMap<string, string>): unknown {
  const walk = (value: unknown, path: readonly string[]): unknown => {
    if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array)
      return value;
    if (Array.isArray(value)) return value.map((item) => walk(item, path));
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => {
        const names = name.split('.').filter((each) => !each.startsWith('$') && !/^\d+$/.test(each));
        const at = [...path, ...names];
        return [name, names.length > 0 && isMasked(at) ? '[masked]' : walk(member, at)];
      }),
    );
  };
  const isMasked = ([first = '', ...rest]: readonly string[]): boolean => {
    const path = [aliases.get(first) ?? first, ...rest].join('.');
    return masked.some((each) => path === each || path.startsWith(`${each}.`));
  };
  return walk(plain(part), []);
}
