import type { AuditEvent } from '../../model/event.js';
import type { HistoryVersion } from '../../model/history.js';
import type { Doubts } from './doubts.js';
import type { ToldChange } from './links.js';
import type { Stored } from './stored.js';

/** One version, and the state that it left. */
export interface FoldedVersion {
  readonly kind: HistoryVersion['kind'];
  readonly event: AuditEvent;
  readonly changes: readonly ToldChange[];
  readonly incarnation: string;
  readonly exists: boolean;
  /** What it is; of a resource that is gone, what it was. */
  readonly state: Stored | undefined;
  /** From when on it is the state, milliseconds since the epoch. Never before that of the version before. */
  readonly since: number;
  /** When what it is from was over. */
  readonly end: number;
}

/** The versions of one resource, put together from its events. */
export interface Folded {
  readonly versions: readonly FoldedVersion[];
  readonly doubts: Doubts;
  /** What is known of it before the first version. */
  readonly before: { readonly exists: boolean | undefined; readonly state: Stored | undefined };
}
