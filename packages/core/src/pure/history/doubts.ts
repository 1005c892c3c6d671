import type { Doubt, DoubtCode } from '../../model/history.js';
import { isWithin, overlap } from './pointer.js';

/** A doubt about the versions from one, to one that is no longer meant. */
export interface Ranged {
  readonly doubt: Doubt;
  readonly from: number;
  until: number;
}

/** Doubts kept at most; then the whole history is in doubt. */
const MAX_DOUBTS = 250;

const TOO_MANY: Doubt = { code: 'out_of_band', why: 'there are too many doubts to name them all' };

/** What is not certain about a history, and about which part of it. */
export class Doubts {
  readonly all: Ranged[] = [];
  /** Those without an end yet. */
  #open = new Set<Ranged>();

  /** Doubts versions from `from` on, until somebody tells better; or only those before `until`. */
  add(doubt: Doubt, from: number, until = Number.POSITIVE_INFINITY): void {
    if (this.isFull || until <= from) return;
    const isLast = this.all.length === MAX_DOUBTS - 1;
    const last = isLast ? TOO_MANY : doubt;
    const ranged: Ranged = isLast ? { doubt: last, from: -1, until: Number.POSITIVE_INFINITY } : { doubt, from, until };
    this.all.push(ranged);
    if (ranged.until === Number.POSITIVE_INFINITY && !isLast) this.#open.add(ranged);
  }

  /** Nothing more can be doubted: everything is. */
  get isFull(): boolean {
    return this.all.length >= MAX_DOUBTS;
  }

  /** Something told the whole state. */
  closeAll(at: number): void {
    for (const one of this.#open) one.until = at;
    this.#open.clear();
  }

  /** Something told a field. */
  close(path: string, at: number): void {
    for (const one of this.#open) {
      if (one.doubt.path === undefined || !isWithin(one.doubt.path, path)) continue;
      one.until = at;
      this.#open.delete(one);
    }
  }

  /** Something shows that a field was as it was taken to be, and nothing has set it since the doubt. */
  confirm(path: string, setAt: () => number): void {
    for (const one of this.#open) {
      const { code, path: doubted } = one.doubt;
      if (code !== 'which_item' && code !== 'uncertain') continue;
      if (doubted === undefined || !isWithin(doubted, path) || one.from < setAt()) continue;
      one.until = one.from;
      this.#open.delete(one);
    }
  }

  get hasOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Is a field in doubt for one of these reasons? Doubts about anything count. */
  isOpen(codes: readonly DoubtCode[], path: string): boolean {
    for (const { doubt } of this.#open) {
      if (codes.includes(doubt.code) && (doubt.path === undefined || overlap(doubt.path, path))) return true;
    }
    return false;
  }

  /** The doubts about one version. */
  about(index: number): Doubt[] {
    return this.all.filter(({ from, until }) => from <= index && index < until).map(({ doubt }) => doubt);
  }
}
