import { createAuditor } from '@whodunit/core';

const BEFORE = {
  id: '42',
  name: 'Apollo',
  status: 'open',
  plan: 'free',
  seats: 5,
  owner: { id: 'u_17', team: 'space' },
  tags: ['moon', 'crew'],
  createdAt: '2025-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};
const AFTER = { ...BEFORE, name: 'Apollo 11', status: 'landed' };

export const SERVICE = { name: 'shop', environment: 'production', instance: 'web-1/4242' };

/** A typical update: who, for whom, from where, to what, and two fields that changed. 850 bytes as a finished event. */
export const INPUT = {
  action: 'project.update',
  actor: { type: 'user', id: 'u_17' },
  tenant: { id: 't_9' },
  source: { ip: '203.0.113.7', userAgent: 'Mozilla/5.0 Firefox/140.0' },
  resource: { type: 'project', id: '42' },
  before: BEFORE,
  after: AFTER,
};

/** Room for what is recorded in one go; the default journal keeps less of one category. */
export const ROOM = { maxEvents: 100_000, maxBytes: 268_435_456 };

/** Finished events as sinks get them, of one stream: sealed, frozen, each with its line. */
export async function finishedEvents(count, input = INPUT) {
  const events = [];
  const sink = { name: 'kept', idempotent: true, write: async (batch) => void events.push(...batch) };
  const auditor = createAuditor({ service: SERVICE, journal: ROOM, sinks: [sink] });
  for (let i = 0; i < count; i++) auditor.record({ ...input, resource: { type: 'project', id: String(1000 + i) } });
  await auditor.close();
  return events;
}

/** The same in batches. */
export async function finishedBatches(count, batchEvents, input = INPUT) {
  const events = await finishedEvents(count * batchEvents, input);
  return Array.from({ length: count }, (_, i) => events.slice(i * batchEvents, (i + 1) * batchEvents));
}

/** What dispatch hands over with a batch. */
export const delivery = () => ({ signal: new AbortController().signal, attempt: 1 });
