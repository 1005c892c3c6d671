import type { Engine } from './engine.js';

/** Whoever wants everything that was recorded so far waits for this too. It must end in a bounded time. */
export function waitFor(engine: Engine, work: Promise<unknown>): void {
  const waiting = work.then(nothing, nothing).finally(() => engine.pending.delete(waiting));
  engine.pending.add(waiting);
}

/** Everything that is waited for has its event. */
export async function settled(engine: Engine): Promise<void> {
  while (engine.pending.size > 0) await Promise.all(engine.pending);
}

function nothing(): void {}
