import type { Engine } from './engine.js';

const LIVE = Symbol.for('whodunit.engines');
const registry = globalThis as unknown as { [LIVE]?: Set<Engine> };
// One per process, also when an application loads the CommonJS and the ES module build.
registry[LIVE] ??= new Set<Engine>();

/** Engines whose auditor is not closed, oldest first: where a write goes that no request and no job has made. */
export const live: Set<Engine> = registry[LIVE];
