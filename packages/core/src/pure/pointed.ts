import { types } from 'node:util';
import type { Change, JsonValue } from '../model/event.js';
import { readMember } from './members.js';
import { safeText, snapshot, type Walk } from './snapshot.js';

const MAX_DEPTH = 16;
const MAX_OPERATIONS = 1_000;

/** A value that stands behind a pointer (RFC 6901), redacted by the names in the pointer and by what it holds. */
export function valueAt(path: string, value: unknown, walk: Walk): JsonValue | undefined {
  const names = segmentsOf(path);
  // Put back where the pointer says, redaction sees the names above it.
  const held = names.reduceRight<unknown>((inside, name) => ({ [name]: inside }), value);
  let at: JsonValue | undefined = snapshot(held, walk);
  for (const name of names) {
    if (typeof at !== 'object' || at === null || '$redacted' in at || '$truncated' in at) return at;
    at = (at as Readonly<Record<string, JsonValue>>)[name.startsWith('$') ? `$${name}` : name];
  }
  return at;
}

function segmentsOf(path: string): string[] {
  return path
    .split('/')
    .slice(1, MAX_DEPTH + 1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The changes that a JSON Patch (RFC 6902) asks for; `undefined` for a body that is none. Old values are not in it. */
export function changesInPatch(body: unknown, walk: Walk): Change[] | undefined {
  if (!Array.isArray(body) || types.isProxy(body) || body.length === 0 || body.length > MAX_OPERATIONS)
    return undefined;
  const changes: Change[] = [];
  for (const step of body as readonly unknown[]) {
    if (typeof step !== 'object' || step === null || types.isProxy(step)) return undefined;
    const [from, op, path, value] = MEMBERS.map((name) => readMember(step, name));
    if (typeof op !== 'string' || typeof path !== 'string' || !OPERATIONS.has(op)) return undefined;
    if (op === 'test') continue;
    if (op === 'move' && typeof from === 'string') changes.push({ op: 'remove', path: safeText(from) });
    if (op === 'remove') changes.push({ op, path: safeText(path) });
    else if (op === 'move' || op === 'copy') changes.push({ op: 'add', path: safeText(path) });
    else changes.push({ new: valueAt(path, value, walk) ?? null, op: op as 'add' | 'replace', path: safeText(path) });
  }
  return changes;
}

const OPERATIONS: ReadonlySet<string> = new Set(['add', 'copy', 'move', 'remove', 'replace', 'test']);
const MEMBERS = ['from', 'op', 'path', 'value'] as const;
