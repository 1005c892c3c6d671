import assert from 'node:assert/strict';
import type { AuditEvent, AuditQuery } from '@whodunit/core';
import { sampleEvents } from '../sample-events.js';
import { assertSame, ids } from './assertions.js';
import { HOSTILE_MEMBERS } from './hostile.js';
import type { ReaderBench, ReaderClauseTest } from './reader-harness.js';

const ALL = { allTenants: true } as const;

/** Clauses Q1 to Q4 and E1: what a query gives. */
export const READING: readonly ReaderClauseTest[] = [
  { clause: 'Q1', title: 'newest first, each id once', run: givesNewestFirst },
  { clause: 'Q2', title: 'pages continue where they ended', run: continues },
  { clause: 'Q3', title: 'each member of a query narrows it', run: narrows },
  { clause: 'Q4', title: 'events come back with every field', run: givesEverything },
  { clause: 'E1', title: 'a query that cannot be answered is refused', run: refuses },
];

async function givesNewestFirst({ find, store }: ReaderBench): Promise<void> {
  // Three of one instant, so that the id decides; stored in another order than they happened.
  const events = sampleEvents(30, (i) => (i < 3 ? { time: '2026-01-05T09:00:10.000Z' } : {}));
  await store([...events.slice(15), ...events.slice(0, 15)]);
  await store(events.slice(4, 6));
  const { events: found, next } = await find({ limit: 100 }, ALL);
  assert.deepEqual(ids(found), ids(newestFirst(events)), 'the events are not newest first, or not each once');
  assert.equal(next, undefined, '`next` is there, and there is no next page');
}

async function continues({ find, store }: ReaderBench): Promise<void> {
  const [events, newer] = [sampleEvents(23, sameTimes), sampleEvents(26).slice(23)];
  await store(events);
  const found: AuditEvent[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 10; page++) {
    const { events: some, next } = await find({ limit: 4, ...(cursor !== undefined && { cursor }) }, ALL);
    assert.ok(some.length <= 4, 'a page has more events than `limit`');
    found.push(...some);
    if (page === 1) await store(newer);
    cursor = next;
    if (next === undefined) break;
  }
  assert.equal(cursor, undefined, 'the pages do not end');
  assert.deepEqual(ids(found), ids(newestFirst(events)), 'an event is missing between pages, or is there twice');
}

/** Four at a time, so that a page ends between events of one instant. */
function sameTimes(index: number): Partial<AuditEvent> {
  return { time: new Date(Date.UTC(2026, 0, 5, 9, 0, Math.floor(index / 6))).toISOString() };
}

async function narrows({ find, store }: ReaderBench): Promise<void> {
  const events = sampleEvents(40);
  await store(events);
  const time = events[20]?.time as string;
  const cases: readonly (readonly [AuditQuery, (event: AuditEvent) => boolean])[] = [
    [{ resource: { type: 'project' } }, ({ resource }) => resource?.type === 'project'],
    [{ resource: { type: ['report', 'none'] } }, ({ resource }) => resource?.type === 'report'],
    [{ resource: { type: 'project', id: 'project-3' } }, ({ resource }) => resource?.id === 'project-3'],
    [{ resource: { id: ['project-3', 'project-4'] } }, ({ resource }) => /^project-[34]$/.test(resource?.id ?? '')],
    [{ action: 'project.update' }, ({ action }) => action === 'project.update'],
    [{ action: ['auth.*', '*.delete'] }, ({ action }) => /^auth\.|\.delete$/.test(action)],
    [{ operation: ['create', 'delete'] }, ({ operation }) => operation === 'create' || operation === 'delete'],
    [{ outcome: 'denied' }, ({ outcome }) => outcome === 'denied'],
    [{ from: time }, (event) => event.time >= time],
    [{ until: time }, (event) => event.time < time],
    [{ from: time, action: 'auth.*' }, (event) => event.time >= time && event.action.startsWith('auth.')],
    [{ resource: { type: "project' OR '1'='1" } }, () => false],
  ];
  for (const [query, fits] of cases) {
    const { events: found } = await find({ ...query, limit: 100 }, ALL);
    const wanted = newestFirst(events.filter(fits));
    assert.deepEqual(ids(found), ids(wanted), `the query ${JSON.stringify(query)} gives other events`);
  }
}

async function givesEverything({ find, get, store }: ReaderBench): Promise<void> {
  const events = sampleEvents(20 + HOSTILE_MEMBERS.length, (index) => HOSTILE_MEMBERS[index - 20] ?? {});
  await store(events);
  const { events: found } = await find({ limit: 1000 }, ALL);
  assert.equal(found.length, events.length, 'not every event was found');
  for (const event of events) {
    assertSame(
      found.find(({ id }) => id === event.id),
      event,
    );
    assertSame(await get(event.id, ALL), event);
  }
}

async function refuses({ find, store }: ReaderBench): Promise<void> {
  await store(sampleEvents(3));
  const wrong: readonly unknown[] = [
    { limit: 0 },
    { limit: 1001 },
    { from: 'yesterday' },
    { cursor: 'not one of ours' },
    { resorce: { type: 'project' } },
  ];
  for (const query of wrong) {
    await assert.rejects(find(query as AuditQuery, ALL), hasCode('AUDIT_QUERY_INVALID'), JSON.stringify(query));
  }
}

/** An error with the code, whatever else it says. */
export function hasCode(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.equal((error as { code?: unknown } | null)?.code, code);
    return true;
  };
}

function newestFirst(events: readonly AuditEvent[]): AuditEvent[] {
  return [...events].sort((a, b) => (a.time === b.time ? (a.id < b.id ? 1 : -1) : a.time < b.time ? 1 : -1));
}
