import type { AuditEvent } from '../model/event.js';
import type { SealedLine } from '../model/sink.js';

/** Code points that must never stand raw in a stored line: C1, DEL, bidi controls, zero-width, line separators, tags. */
const UNSAFE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/;
const UNSAFE_ALL = new RegExp(UNSAFE.source, 'g');

/**
 * RFC 8785 (JCS) of a JSON value: members sorted by UTF-16 code units, numbers and strings as ECMAScript writes them.
 * The value must be plain JSON (no undefined members, finite numbers, well-formed strings).
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson((value as Record<string, unknown>)[key])}`);
  return `{${members.join(',')}}`;
}

/** Canonical JSON made safe to print: every unsafe code point as `\uXXXX`, still JSON-equal to the input. */
export function escapeLine(canonical: string): string {
  return UNSAFE.test(canonical) ? canonical.replace(UNSAFE_ALL, escapeUnits) : canonical;
}

function escapeUnits(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) out += `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return out;
}

/** The line of an event, kept on the event itself where nobody else can see or change it. */
interface LineKeeper {
  keep(event: AuditEvent, line: string): void;
  of(event: AuditEvent): string | undefined;
}

const LINES = Symbol.for('whodunit.lines');
const registry = globalThis as unknown as { [LINES]?: LineKeeper };
// One per process: the CommonJS and the ES module build read each other's lines.
registry[LINES] ??= lineKeeper();
const lines: LineKeeper = registry[LINES];

/**
 * A private field put on a plain object, which a constructor may do to whatever its base returns. It is invisible to
 * JSON, comparison and cloning, and far cheaper for the garbage collector than a WeakMap of every event.
 */
function lineKeeper(): LineKeeper {
  const Given = function given(event: AuditEvent) {
    return event;
  } as unknown as new (
    event: AuditEvent,
  ) => object;
  class Kept extends Given {
    #line: string;

    constructor(event: AuditEvent, line: string) {
      super(event);
      this.#line = line;
    }

    static of(event: AuditEvent): string | undefined {
      return #line in event ? event.#line : undefined;
    }
  }
  return { keep: (event, line) => void new Kept(event, line), of: (event) => Kept.of(event) };
}

/** Keeps the line of an event, so that nobody stringifies it twice. Before the event is frozen. */
export function keepLine(event: AuditEvent, line: string): void {
  lines.keep(event, line);
}

/**
 * The event as one line of canonical JSON, without the line feed: exactly the bytes that were sealed. Every sink stores
 * this and never a JSON text of its own. Costs nothing for an event that came from the journal.
 */
export function eventLine(event: AuditEvent): string {
  return lines.of(event) ?? escapeLine(canonicalJson(event));
}

/** What `Sink.writeLines` takes, of an event that is at hand as an object: a sink's `write` is then one line. */
export function sealedLine(event: AuditEvent): SealedLine {
  const line = eventLine(event);
  return { id: event.id, time: event.time, line, bytes: Buffer.byteLength(line) };
}
