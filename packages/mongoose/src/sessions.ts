import { Unit, type Writes } from '@whodunit/core/writes';
import type { SessionLike } from './like.js';

/** What the open transaction of a session has changed. */
interface Open {
  readonly unit: Unit;
  readonly writes: Writes;
  /** The server did not say whether it was committed. */
  isUnknown: boolean;
}

const open = new WeakMap<SessionLike, Open>();
const watched = new WeakSet<SessionLike>();

/** The transaction that a session is in; `undefined` when it is in none. */
export function unitOf(session: SessionLike | null | undefined, writes: Writes): Unit | undefined {
  if (session?.inTransaction() !== true) return undefined;
  const known = open.get(session);
  if (known !== undefined) return known.unit;
  if (!watched.has(session)) watch(session);
  const unit = new Unit();
  open.set(session, { unit, writes, isUnknown: false });
  return unit;
}

/**
 * Sees how the transactions of a session end. A session may have several, one after the other; a commit whose answer got
 * lost may be tried again; `withTransaction` begins anew after a conflict.
 */
function watch(session: SessionLike): void {
  watched.add(session);
  const { abortTransaction, commitTransaction, endSession, startTransaction } = session;
  const own = {
    startTransaction(...args: unknown[]) {
      const result = startTransaction.apply(session, args);
      forget(session);
      return result;
    },
    async commitTransaction(...args: unknown[]) {
      try {
        const result = await commitTransaction.apply(session, args);
        open.get(session)?.unit.committed();
        open.delete(session);
        return result;
      } catch (error) {
        const known = open.get(session);
        if (known !== undefined && isUnknown(error)) known.isUnknown = true;
        else forget(session);
        throw error;
      }
    },
    async abortTransaction(...args: unknown[]) {
      const isOpen = session.inTransaction();
      try {
        return await abortTransaction.apply(session, args);
      } finally {
        if (isOpen) forget(session);
      }
    },
    async endSession(...args: unknown[]) {
      try {
        return await endSession.apply(session, args);
      } finally {
        forget(session);
      }
    },
  };
  for (const [name, value] of Object.entries(own))
    Object.defineProperty(session, name, { value, configurable: true, writable: true });
}

/** What was not committed has not happened, as far as anybody knows. */
function forget(session: SessionLike): void {
  const known = open.get(session);
  if (known === undefined) return;
  open.delete(session);
  known.unit.rolledBack();
  if (!known.isUnknown) return;
  const why =
    'The answer to the commit was lost: whether its writes have come true is not known. Compare the documents.';
  try {
    known.writes.gap({ verb: 'commitTransaction', why });
  } catch {
    // With `onGap: 'throw'` too, the application shall see the error of its commit, not ours.
  }
}

function isUnknown(error: unknown): boolean {
  const { hasErrorLabel } = error as { hasErrorLabel?: (label: string) => boolean };
  return hasErrorLabel?.call(error, 'UnknownTransactionCommitResult') === true;
}
