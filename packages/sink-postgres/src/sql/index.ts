import type { Names } from '../place.js';
import { createEvents } from './000001-events.js';
import { refuseChanges } from './000002-append-only.js';
import { ensurePartition } from './000003-months.js';
import { createOutbox } from './000004-outbox.js';

/** Every migration in order; its number is its place, from 1. Append only: one that was released never changes. */
export const MIGRATIONS: readonly ((names: Names) => string)[] = [
  createEvents,
  refuseChanges,
  ensurePartition,
  createOutbox,
];
