import type { AuditEvent } from '../../model/event.js';
import { differing, isSameDeed } from './alike.js';
import { type Applied, applyChanges } from './apply.js';
import type { Misfit } from './applying.js';
import { Doubts } from './doubts.js';
import type { Folded, FoldedVersion } from './folded.js';
import { type Link, linksOf } from './links.js';
import { nextLink, SKEW_MS } from './next-link.js';
import { overlap } from './pointer.js';
import { BACK, ELSE, ENDED, MISSING, NO_BASE, NO_END, OUT_OF_BAND, UNCERTAIN, UNTOLD, WHICH_ITEM } from './reasons.js';
import { seedOf } from './seed.js';
import { absenceIn, objectOf, type Stored } from './stored.js';

/** What a fold is told besides the events. */
export interface FoldOptions {
  /** Does a field change without leaving an event, as `updatedAt` does? */
  readonly isQuiet: (name: string) => boolean;
  /** All events are there; false when older ones were not read. */
  readonly isComplete: boolean;
}

/** Puts the versions of one resource together. Nothing in the events is trusted; never throws. */
export function foldEvents(events: readonly AuditEvent[], options: FoldOptions): Folded {
  const links = linksOf(events);
  const fold = new Fold(links, options);
  const goesOn = (link: Link): boolean => fold.goesOn(link);
  for (let i = 0; i < links.length; i++) fold.add(fold.mayLook ? nextLink(links, i, goesOn) : (links[i] as Link));
  return fold;
}

/** How many items of lists are tried, for one event and for all. */
const TRIES_OF_ONE = 5_000;
const TRIES_OF_ALL = 300_000;

/** How many events may turn out not to go on from a state; then there is no order to be found. */
const MAX_LOOKS = 2_000;

/** At most so many fields are told apart by when they were set; the rest counts as set at the beginning. */
const MAX_TOUCHED = 2_000;

class Fold implements Folded {
  readonly versions: FoldedVersion[] = [];
  readonly doubts = new Doubts();
  readonly before: Folded['before'];
  readonly #isQuiet: FoldOptions['isQuiet'];
  #state: Stored | undefined;
  #exists = false;
  #incarnation: string | undefined;
  /** The version with which the state began to be known. */
  #base = -1;
  #tries = TRIES_OF_ALL;
  #looks = MAX_LOOKS;
  /** When each field was set last. */
  #touched = new Map<string, number>();

  constructor(links: readonly Link[], { isComplete, isQuiet }: FoldOptions) {
    this.#isQuiet = isQuiet;
    const first = links.find(({ kind }) => kind !== 'gap' && kind !== 'attempt');
    if (first?.kind === 'create' && isComplete) {
      this.before = { exists: false, state: undefined };
      return;
    }
    this.#state = first === undefined || first.kind === 'create' ? undefined : seedOf(links);
    this.#exists = first !== undefined && first.kind !== 'create';
    this.before = { exists: this.#exists ? true : undefined, state: this.#state };
    this.doubts.add(isComplete ? NO_BASE : MISSING, -1);
  }

  /** Is it worth while to look for another event where one does not go on from the state? */
  get mayLook(): boolean {
    return this.#looks > 0;
  }

  /** Does the event go on from the state as it is? */
  goesOn(link: Link): boolean {
    const isNext = link.kind === 'update' && this.#apply(link).misfits.every(({ kind }) => kind === 'which');
    if (!isNext) this.#looks -= 1;
    return isNext;
  }

  add(link: Link): void {
    const { event, kind, leaves } = link;
    const at = this.versions.length;
    if (kind === 'gap') {
      if (at > 0 && leaves !== undefined) this.doubts.add({ ...leaves, event: event.id }, at - 1);
      return;
    }
    if (kind === 'attempt') {
      this.#attempt(link, at);
      return;
    }
    if (kind === 'create') this.#create(link, at);
    else if (kind === 'baseline') this.#baseline(link, at);
    else if (kind === 'delete') this.#delete(link, at);
    else this.#update(link, at);
    if (leaves !== undefined) this.doubts.add({ ...leaves, event: event.id }, at);
    this.versions.push({
      kind,
      event,
      changes: link.changes,
      incarnation: this.#incarnation ?? event.id,
      exists: this.#exists,
      state: this.#state,
      since: Math.max(link.time, this.versions.at(-1)?.since ?? 0),
      end: link.end,
    });
  }

  #apply(link: Link, state = this.#state): Applied {
    const last = this.versions.at(-1);
    // Of two requests at once, each may have read what the other wrote, too.
    const isAgain = last !== undefined && (isSameDeed(link.event, last.event) || link.time <= last.end + SKEW_MS);
    const tries = Math.min(TRIES_OF_ONE, this.#tries);
    const budget = { tries };
    const applied = applyChanges(state ?? objectOf([]), link.changes, { isQuiet: this.#isQuiet, isAgain, budget });
    this.#tries -= tries - Math.max(0, budget.tries);
    return applied;
  }

  #begin(link: Link, at: number): void {
    this.#state = this.#apply(link, objectOf([])).state;
    this.#base = at;
    this.#touched.clear();
    this.#exists = true;
  }

  #create(link: Link, at: number): void {
    const isAgain = this.#exists && isSameDeed(link.event, this.versions.at(-1)?.event);
    if (this.#exists && at > 0 && !isAgain)
      this.doubts.add({ ...OUT_OF_BAND, why: NO_END, event: link.event.id }, at - 1, at);
    this.doubts.closeAll(at);
    if (!isAgain) this.#incarnation = link.event.id;
    this.#begin(link, at);
  }

  /** A baseline tells the state as it is: what is not as it was has changed without an event. */
  #baseline(link: Link, at: number): void {
    const before = this.#exists ? this.#state : undefined;
    this.#incarnation = this.#exists ? (this.#incarnation ?? this.versions[0]?.event.id) : link.event.id;
    const isKnown = this.#base >= 0;
    const found = this.#apply(link, objectOf([])).state;
    const others = isKnown ? differing(before, found, this.#isQuiet) : [];
    for (const path of others) this.#wasOther(path, at, link.event);
    if (isKnown) this.#confirm(link, others, 'new');
    this.doubts.closeAll(at);
    this.#begin(link, at);
  }

  #update(link: Link, at: number): void {
    const { event } = link;
    this.#incarnation ??= event.id;
    if (!this.#exists) {
      const isRestore = event.action.endsWith('.restore');
      this.doubts.add(isRestore ? { ...UNTOLD, event: event.id } : { ...OUT_OF_BAND, why: BACK, event: event.id }, at);
      this.#exists = true;
    }
    const { misfits, state } = this.#apply(link);
    this.#confirm(
      link,
      misfits.map(({ path }) => path),
    );
    // That it is not known which item was meant explains the rest.
    for (const misfit of misfits) if (misfit.kind === 'which') this.#explain(misfit, at, event);
    for (const misfit of misfits) if (misfit.kind !== 'which') this.#explain(misfit, at, event);
    const missing = new Set(misfits.filter(({ kind }) => kind !== 'differs').map(({ path }) => path));
    for (const { path } of link.changes) {
      if (!missing.has(path)) this.doubts.close(path, at);
      if (this.#touched.size < MAX_TOUCHED) this.#touched.set(path, at);
    }
    this.#state = state;
  }

  #delete(link: Link, at: number): void {
    this.#incarnation ??= link.event.id;
    const { misfits } = this.#apply(link);
    this.#confirm(
      link,
      misfits.map(({ path }) => path),
    );
    for (const { kind, path } of misfits) {
      if (kind === 'differs' && !this.#isExplained(path)) this.#wasOther(path, at, link.event);
    }
    this.doubts.closeAll(at);
    this.#exists = false;
  }

  #attempt({ changes, event }: Link, at: number): void {
    if (at === 0) return;
    for (const { path } of changes) this.doubts.add({ ...UNCERTAIN, path, event: event.id }, at - 1);
    if (changes.length === 0) this.doubts.add({ ...UNCERTAIN, why: ENDED, event: event.id }, at - 1);
  }

  /** Says what it means that a change does not go with the state. */
  #explain({ kind, path }: Misfit, at: number, event: AuditEvent): void {
    if (this.doubts.isFull) return;
    const known = { path, event: event.id };
    if (kind === 'which') {
      this.doubts.add({ ...WHICH_ITEM, ...known }, at);
    } else if (this.#isExplained(path) || (kind === 'missing' && this.#base < 0)) {
      if (kind === 'missing') this.doubts.add({ ...UNTOLD, ...known }, at);
      else this.doubts.add({ ...UNTOLD, ...known }, this.#setAt(path), at);
    } else {
      this.#wasOther(path, at, event);
      if (kind === 'missing') this.doubts.add({ ...OUT_OF_BAND, ...known }, at);
      this.doubts.add({ code: 'out_of_band', why: `${path} ${ELSE}`, event: event.id }, at);
    }
  }

  /** What an event says that was there, and was, is in doubt no longer. */
  #confirm({ changes }: Link, except: readonly string[], says: 'old' | 'new' = 'old'): void {
    if (!this.doubts.hasOpen) return;
    for (const change of changes) {
      const { path, [says]: value } = change;
      if (value !== undefined && absenceIn(value) === undefined && !except.includes(path))
        this.doubts.confirm(path, () => this.#setAt(path));
    }
  }

  /** Something else is known already that explains another value. */
  #isExplained(path: string): boolean {
    return this.doubts.isOpen(['uncertain', 'untold', 'truncated', 'events_lost', 'which_item'], path);
  }

  /** A field had another value than the state says, since whenever it was set. */
  #wasOther(path: string, at: number, event: AuditEvent): void {
    this.doubts.add({ ...OUT_OF_BAND, path, event: event.id }, this.#setAt(path), at);
  }

  #setAt(path: string): number {
    let last = this.#base;
    for (const [touched, at] of this.#touched) if (at > last && overlap(touched, path)) last = at;
    return last;
  }
}
