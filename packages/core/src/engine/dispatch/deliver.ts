import type { SinkError } from '../../model/sink.js';
import type { Entry } from '../journal.js';

/** What delivery needs of its lane. */
export interface Delivery {
  /** One write; resolves to the failure, or to nothing when all of it is stored or the lane was halted. */
  write(entries: readonly Entry[], attempt: number): Promise<SinkError | undefined>;
  /** Waits as long as the failure of this attempt asks for. */
  pause(failure: SinkError, attempt: number): Promise<void>;
  /** These are stored. */
  advance(entries: readonly Entry[]): void;
  /** These can never be stored. */
  reject(entries: readonly Entry[]): void;
  /** The sink will never take events again. */
  disable(): void;
  halted(): boolean;
}

/** An event that was rejected this often, alone or in a batch, can never be stored. */
const MAX_REJECTIONS = 3;

/**
 * Tries until a batch is stored, its bad events are rejected for good, the sink is gone, or the lane is halted.
 */
export function deliverer(lane: Delivery): (batch: readonly Entry[]) => Promise<void> {
  const rejections = new WeakMap<Entry, number>();

  const rejected = (entries: readonly Entry[]): void => {
    for (const entry of entries) rejections.set(entry, (rejections.get(entry) ?? 0) + 1);
  };

  /**
   * Finds one bad event of a batch that was rejected, by halving: about log2(n) writes. What stands before it is stored;
   * it is given up after its third rejection; what stands behind it is returned, to be written as one batch.
   */
  const isolate = async (batch: readonly Entry[]): Promise<readonly Entry[]> => {
    let bad = batch;
    let rest: readonly Entry[] = [];
    while (bad.length > 0 && !lane.halted()) {
      const [only] = bad;
      if (bad.length === 1 && only !== undefined && (rejections.get(only) ?? 0) >= MAX_REJECTIONS) {
        lane.reject(bad);
        return rest;
      }
      const half = bad.slice(0, Math.ceil(bad.length / 2));
      const behind = bad.slice(half.length);
      const failure = await lane.write(half, 1);
      if (failure === undefined) {
        bad = behind;
        continue;
      }
      const failed = keepFailed(half, failure, lane);
      if (failure.kind !== 'payload') return [...failed, ...behind, ...rest];
      rejected(failed);
      rest = [...behind, ...rest];
      bad = failed;
    }
    return rest;
  };

  return async (batch) => {
    let entries = batch;
    let attempt = 0;
    while (entries.length > 0 && !lane.halted()) {
      attempt += 1;
      const failure = await lane.write(entries, attempt);
      if (failure === undefined) return;
      entries = keepFailed(entries, failure, lane);
      if (failure.kind === 'gone') {
        lane.disable();
        return;
      }
      if (failure.kind === 'payload') {
        rejected(entries);
        entries = await isolate(entries);
        attempt = 0;
      } else {
        await lane.pause(failure, attempt);
      }
    }
  };
}

/** What is left to do after a failure that may have stored a part. */
function keepFailed(entries: readonly Entry[], failure: SinkError, lane: Delivery): readonly Entry[] {
  if (failure.failedIds === undefined) return entries;
  const failed = new Set(failure.failedIds);
  const left = entries.filter((entry) => failed.has(entry.sealed.id));
  // A list that names none of the batch cannot be believed: everything is tried again.
  if (left.length === 0) return entries;
  lane.advance(entries.filter((entry) => !failed.has(entry.sealed.id)));
  return left;
}
