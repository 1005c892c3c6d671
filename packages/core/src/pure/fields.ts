import { createHmac } from 'node:crypto';
import type { JsonValue } from '../model/event.js';
import type { FieldOptions, FieldPolicy, ResourceOptions } from '../model/options.js';
import { canonicalJson } from './canonical.js';
import { QUIET } from './quiet.js';
import type { Redactor } from './redact/redactor.js';
import { newWalk, snapshot } from './snapshot.js';

/** What may be stored of the fields of one resource type; made once per type. */
export interface Fields {
  /** Does this field make no change by itself? */
  isQuiet(name: string): boolean;
  /** What becomes of a field, when it is not simply kept. */
  treatment(name: string): Treatment | undefined;
  /** What people call the fields, where the application says so. */
  readonly labels: ReadonlyMap<string, string>;
  /** Who knows the names behind ids. */
  readonly names: ReadonlyMap<string, NameOf>;
}

type NameOf = NonNullable<FieldOptions['name']>;

/** `drop`: as if it were not there. `mask`: only that it changed. A function: what stands for the value. */
export type Treatment = 'drop' | 'mask' | ((value: JsonValue) => JsonValue);

/** Key of the hashes that stand for values, when the application gave one. */
export type HashKey = string | undefined;

/** Compiles what options say of the fields of one resource type; `undefined` when they say nothing. */
export function fieldsOf(
  { ignore = [], fields = {} }: Pick<ResourceOptions, 'ignore' | 'fields'>,
  hashKey: HashKey,
): Fields | undefined {
  const told = Object.entries(fields);
  if (ignore.length === 0 && told.length === 0) return undefined;
  const quiet = new Set([...QUIET, ...ignore]);
  const treatments = new Map<string, Treatment>();
  const labels = new Map<string, string>();
  const names = new Map<string, NameOf>();
  for (const [field, given] of told) {
    const { label, name, policy } = typeof given === 'string' ? { policy: given } : given;
    if (label !== undefined) labels.set(field, label);
    if (name !== undefined && policy !== 'drop') names.set(field, name);
    if (policy === 'quiet') quiet.add(field);
    // Who says `track` of `updatedAt` wants to see it.
    else if (policy === 'track') quiet.delete(field);
    const treatment = treatmentOf(policy, hashKey);
    if (treatment !== undefined) treatments.set(field, treatment);
  }
  return Object.freeze({
    isQuiet: (name: string) => quiet.has(name),
    treatment: (name: string) => treatments.get(name),
    labels,
    names,
  });
}

/** Does a field make no change by itself, in a resource of which this is said, if anything? */
export function isQuietIn(fields: Fields | undefined, name: string): boolean {
  return fields === undefined ? QUIET.has(name) : fields.isQuiet(name);
}

/** A value in which fields that may not be stored as they are, are masked wherever they stand. */
export function hidden(value: unknown, fields: Fields, { isSecret, paths }: Redactor): unknown {
  const isHidden = (name: string): boolean => isSecret(name) || fields.treatment(name) !== undefined;
  return snapshot(value, newWalk({ isSecret: isHidden, paths }));
}

function treatmentOf(policy: FieldPolicy | undefined, hashKey: HashKey): Treatment | undefined {
  if (policy === 'drop' || policy === 'mask') return policy;
  // Without a key anybody could try out values; settings refuse that at the door.
  if (policy === 'hash') return hashKey === undefined ? 'mask' : (value) => hashed(value, hashKey);
  return undefined;
}

/** Tells whether two values are alike without telling them: HMAC-SHA-256 (RFC 2104) of the canonical JSON, 128 bits of it. */
function hashed(value: JsonValue, key: string): JsonValue {
  return { $hash: createHmac('sha256', key).update(canonicalJson(value)).digest('hex').slice(0, 32) };
}
