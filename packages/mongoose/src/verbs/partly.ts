import type { Call, Outcome, Said } from './call.js';

/** Sends a write of many. What fails after a part of it was done is an outcome all the same: that part has happened. */
export async function sendPartly(call: Call): Promise<Outcome> {
  try {
    const value = await call.send();
    return { value, said: value as Said };
  } catch (error) {
    if ((error as { name?: unknown } | null)?.name !== 'MongoBulkWriteError') throw error;
    return { value: undefined, said: error as Said, error };
  }
}
