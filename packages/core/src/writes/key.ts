import type { Row } from '../pure/row.js';
import { snapshot } from '../pure/snapshot.js';
import type { Model } from './model.js';

/**
 * The id of a row: the text of its primary key. The parts of a composite key stand in their order with `:` between them; a
 * `:` or `%` in a part is written as `%3A` or `%25`. `undefined` when a part is not there.
 */
export function idOf({ key }: Pick<Model, 'key'>, row: Row): string | undefined {
  if (key.length === 0) return undefined;
  const parts = key.map((name) => textOf(row[name]));
  if (parts.includes(undefined)) return undefined;
  return key.length === 1 ? parts[0] : parts.map((part) => part?.replace(/[%:]/g, encodeURIComponent)).join(':');
}

/** The text of one value of a key: a number, a UUID, a date, an ObjectId, bytes in hex. */
export function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  const plain = snapshot(value, { redactor: OPEN, nodes: 16, cut: false, unordered: false });
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}

const OPEN = { isSecret: () => false, paths: undefined };
