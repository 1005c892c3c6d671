/** What has to be sent before the process ends by itself. */
type Flush = () => Promise<void>;

const REGISTRY = Symbol.for('whodunit.exit');
const registry = globalThis as unknown as { [REGISTRY]?: Set<Flush> };

/**
 * Sends what is left when the event loop has run empty, so that a script that records and ends loses nothing. One
 * listener for all auditors; it does not run on `process.exit()` or a signal. Returns what takes it back.
 */
export function flushBeforeExit(flush: Flush): () => void {
  registry[REGISTRY] ??= listen();
  const open = registry[REGISTRY];
  open.add(flush);
  return () => void open.delete(flush);
}

function listen(): Set<Flush> {
  const open = new Set<Flush>();
  process.on('beforeExit', () => {
    // Node runs this again after whatever a flush did; one that failed has said so and does not keep the process for ever.
    for (const flush of open) flush().catch(() => open.delete(flush));
  });
  return open;
}
