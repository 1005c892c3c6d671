import type { Transaction } from './client.js';

/** How Prisma's errors are made. */
type KnownError = new (message: string, details: object) => Error;

interface RawError extends Error {
  readonly code?: string;
  readonly clientVersion?: string;
}

const CONFLICT = 'Transaction failed due to a write conflict or a deadlock. Please retry your transaction';

/**
 * A lock that fails takes the transaction with it, as the application's own statement would have a moment later. It gets the
 * error that this would have had: that of a deadlock is what applications retry on.
 *
 * @returns the error to fail with; `undefined` when the transaction goes on
 */
export function doomOf(error: unknown, transaction: Transaction | undefined, model: string): Error | undefined {
  const { clientVersion, code, message } = error as RawError;
  if (transaction?.kind !== 'itx' || code !== 'P2010') return undefined;
  if (!/\b40(?:001|P01)\b/.test(message)) return error as Error;
  return new ((error as Error).constructor as KnownError)(CONFLICT, {
    code: 'P2034',
    clientVersion,
    meta: { modelName: model },
  });
}
