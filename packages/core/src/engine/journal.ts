import type { AuditEvent, Category } from '../model/event.js';
import type { SealedLine } from '../model/sink.js';
import { eventOf } from '../pure/event-of.js';

/** Why an event did not reach a sink. Each is counted and sealed into the stream as `audit.gap`. */
export type LossReason = 'journal_full' | 'sink_lagging' | 'sink_rejected' | 'sink_gone';

/** What the journal is told of a sealed event. */
export interface Appended {
  readonly sealed: SealedLine;
  readonly category: Category;
  readonly seq: number;
  /** Clock reading when it was appended, for lag. */
  readonly since: number;
}

/** One sealed event on its way to the sinks. */
export class Entry implements Appended {
  readonly sealed: SealedLine;
  readonly category: Category;
  readonly seq: number;
  readonly bytes: number;
  readonly since: number;
  /** Its place in this journal. */
  readonly order: number;
  /** Sinks that have not passed it yet. */
  pending: number;
  /** Batches that hold it right now. */
  inFlight = 0;
  /** Set when at least one sink will never have it. */
  lost: LossReason | undefined = undefined;
  /** Told once, when every sink has passed it. */
  settled: (() => void) | undefined = undefined;
  #event: AuditEvent | undefined = undefined;

  constructor({ sealed, category, seq, since }: Appended, pending: number, order: number) {
    this.order = order;
    this.sealed = sealed;
    this.category = category;
    this.seq = seq;
    this.bytes = sealed.bytes;
    this.since = since;
    this.pending = pending;
  }

  /** The event as an object, one and the same for everybody who asks. */
  get event(): AuditEvent {
    this.#event ??= eventOf(this.sealed.line);
    return this.#event;
  }
}

/** The place of one sink in the journal. */
export interface Cursor {
  /** Events that wait to be taken, and their bytes. */
  readonly count: number;
  readonly bytes: number;
  /** Events that this sink does not have: waiting or being written. */
  readonly pending: number;
  /** When the oldest event that this sink does not have was appended; `undefined` when it has all. */
  readonly oldest: number | undefined;
  /** Takes the next entries, in order. They stay in the journal until `pass`. */
  take(maxEvents: number, maxBytes: number): Entry[];
  /** The sink has these entries, or, with a reason, never will. */
  pass(entries: readonly Entry[], lost?: LossReason): void;
  /** The sink is gone: everything it still waits for is lost to it, and nothing more will wait for it. Returns what was lost. */
  leave(lost: LossReason): readonly Entry[];
}

/**
 * The ordered list of sealed events that are not yet everywhere they must be. Room is asked for before an event is
 * sealed, so that the sequence has no hole.
 */
export interface Journal {
  readonly count: number;
  readonly bytes: number;
  /** One per sink, before the first event. `evicted` is told of events that this sink loses because it lags behind. */
  cursor(evicted: (entry: Entry) => void): Cursor;
  admit(category: Category): boolean;
  append(appended: Appended): Entry;
  /** Resolves when everything appended so far has left. */
  drained(): Promise<void>;
}

/** A flood of cheap events must not push out those that matter. */
const RESERVED: ReadonlySet<Category> = new Set<Category>(['auth', 'account', 'access', 'config', 'audit']);
const OPEN_SHARE = 0.8;

interface Place {
  readonly evicted: (entry: Entry) => void;
  readonly waiting: Set<Entry>;
  readonly taken: Set<Entry>;
  bytes: number;
}

/**
 * The journal in memory, bounded by events and bytes. When it is full, an event that some sink already has makes room
 * (the sinks that lag behind lose it, counted), so that a dead sink never harms a healthy one; when no sink has any of
 * them, the new event is refused. One fifth is kept for auth, account, access, config and audit events.
 */
export function memoryJournal(limits: { readonly maxEvents: number; readonly maxBytes: number }): Journal {
  const places: Place[] = [];
  let count = 0;
  let last = 0;
  /** Cheap events that some sinks have and others do not, oldest first: the ones that may make room. */
  const halfway = new Set<Entry>();
  const drains = new Set<{ left: number; readonly upTo: number; readonly resolve: () => void }>();
  let bytes = 0;

  const pass = (entry: Entry, lost: LossReason | undefined): void => {
    entry.pending -= 1;
    if (lost !== undefined) entry.lost = lost;
    if (entry.pending > 0) {
      if (!RESERVED.has(entry.category)) halfway.add(entry);
      return;
    }
    count -= 1;
    halfway.delete(entry);
    bytes -= entry.bytes;
    entry.settled?.();
    for (const drain of drains) {
      if (entry.order > drain.upTo) continue;
      drain.left -= 1;
      if (drain.left > 0) continue;
      drains.delete(drain);
      drain.resolve();
    }
  };

  const makeRoom = (): boolean => {
    for (const entry of halfway) {
      if (entry.inFlight > 0) continue;
      for (const place of places) {
        if (!place.waiting.delete(entry)) continue;
        place.bytes -= entry.bytes;
        place.evicted(entry);
        pass(entry, 'sink_lagging');
      }
      return true;
    }
    return false;
  };

  return {
    get count() {
      return count;
    },
    get bytes() {
      return bytes;
    },
    cursor(evicted) {
      const place: Place = { evicted, waiting: new Set(), taken: new Set(), bytes: 0 };
      places.push(place);
      return cursorOf(place, pass, () => places.splice(places.indexOf(place), 1));
    },
    admit(category) {
      if (places.length === 0) return false;
      const share = RESERVED.has(category) ? 1 : OPEN_SHARE;
      while (count >= limits.maxEvents * share || bytes >= limits.maxBytes * share) {
        if (!makeRoom()) return false;
      }
      return true;
    },
    append(appended) {
      last += 1;
      const entry = new Entry(appended, places.length, last);
      count += 1;
      bytes += entry.bytes;
      for (const place of places) {
        place.waiting.add(entry);
        place.bytes += entry.bytes;
      }
      return entry;
    },
    drained() {
      if (count === 0) return Promise.resolve();
      return new Promise((resolve) => drains.add({ left: count, upTo: last, resolve }));
    },
  };
}

function cursorOf(
  place: Place,
  pass: (entry: Entry, lost: LossReason | undefined) => void,
  remove: () => void,
): Cursor {
  return {
    get count() {
      return place.waiting.size;
    },
    get bytes() {
      return place.bytes;
    },
    get pending() {
      return place.waiting.size + place.taken.size;
    },
    get oldest() {
      for (const entry of place.taken) return entry.since;
      for (const entry of place.waiting) return entry.since;
      return undefined;
    },
    take(maxEvents, maxBytes) {
      const batch: Entry[] = [];
      let size = 0;
      for (const entry of place.waiting) {
        if (batch.length >= maxEvents || (batch.length > 0 && size + entry.bytes > maxBytes)) break;
        size += entry.bytes;
        batch.push(entry);
        entry.inFlight += 1;
        place.waiting.delete(entry);
        place.taken.add(entry);
      }
      place.bytes -= size;
      return batch;
    },
    pass(entries, lost) {
      for (const entry of entries) {
        if (!place.taken.delete(entry)) continue;
        entry.inFlight -= 1;
        pass(entry, lost);
      }
    },
    leave(lost) {
      remove();
      const rest = [...place.taken, ...place.waiting];
      for (const entry of place.taken) entry.inFlight -= 1;
      place.taken.clear();
      place.waiting.clear();
      place.bytes = 0;
      for (const entry of rest) pass(entry, lost);
      return rest;
    },
  };
}
