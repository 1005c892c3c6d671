import type { SinkError } from '../../model/sink.js';
import type { LossReason } from '../journal.js';
import type { BreakerState } from './breaker.js';

/** Events that a sink will never have. */
export interface Loss {
  readonly sink: string;
  readonly reason: LossReason;
  readonly count: number;
  /** Sequence numbers of the first and the last of them. */
  readonly from: number;
  readonly to: number;
}

/** What a lane tells the auditor. */
export interface LaneEvents {
  failed(error: SinkError): void;
  lost(loss: Loss): void;
}

/** Counted truth about one sink. */
export interface SinkStats {
  /** Events that the sink acknowledged. */
  readonly delivered: number;
  /** Writes that failed and were tried again, whole or in part. */
  readonly retried: number;
  /** Events that the sink will never have, for whatever reason. */
  readonly lost: number;
  /** Events that it does not have yet. */
  readonly pending: number;
  /** Age of the oldest of these, in milliseconds. */
  readonly lagMs: number;
  readonly breaker: BreakerState;
  readonly state: 'opening' | 'ready' | 'gone' | 'closed';
}

/** The way to one sink. */
export interface Lane {
  readonly name: string;
  /** Settles when `sink.open` did for the first time. */
  readonly opened: Promise<void>;
  /** Something was appended to the journal. */
  appended(): void;
  /** Sends what there is without waiting for a full batch. */
  urge(): void;
  /** Tells what was lost and not told yet, as the sink has not worked since. */
  tellLosses(): void;
  /** Sends what is left until the signal is aborted, then closes the sink. */
  close(deadline: AbortSignal): Promise<void>;
  stats(): SinkStats;
}
