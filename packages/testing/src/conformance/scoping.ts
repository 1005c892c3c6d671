import assert from 'node:assert/strict';
import type { AuditEvent, AuditQuery, TenantScope } from '@whodunit/core';
import { sampleEvents } from '../sample-events.js';
import { ids } from './assertions.js';
import type { ReaderBench, ReaderClauseTest } from './reader-harness.js';
import { hasCode } from './reading.js';

/** Clauses S1 to S3: whose events a read gives. */
export const SCOPING: readonly ReaderClauseTest[] = [
  { clause: 'S1', title: 'a read without a scope is refused', run: refuses },
  { clause: 'S2', title: 'a tenant sees its own events alone', run: keepsApart },
  { clause: 'S3', title: 'get tells nothing of what is outside of the scope', run: tellsNothing },
];

async function refuses({ find, get, store }: ReaderBench): Promise<void> {
  const [event] = sampleEvents(1) as [AuditEvent];
  await store([event]);
  const none: readonly unknown[] = [undefined, null, {}, { tenant: '' }, { tenant: undefined }, { allTenants: false }];
  for (const scope of none) {
    await assert.rejects(
      find({}, scope as TenantScope),
      hasCode('AUDIT_READ_DENIED'),
      `find: ${JSON.stringify(scope)}`,
    );
    await assert.rejects(
      get(event.id, scope as TenantScope),
      hasCode('AUDIT_READ_DENIED'),
      `get: ${JSON.stringify(scope)}`,
    );
  }
}

async function keepsApart({ find, store }: ReaderBench): Promise<void> {
  const events = mixed();
  await store(events);
  const own = events.filter(({ tenant }) => tenant?.id === 'globex').map(({ id }) => id);
  const queries: readonly AuditQuery[] = [
    {},
    { action: '*' },
    { resource: { type: ['project', 'report'] } },
    { from: '2000-01-01T00:00:00Z' },
    { outcome: ['success', 'failure', 'denied'] },
  ];
  for (const query of queries) {
    let cursor: string | undefined;
    do {
      const page = await find({ ...query, limit: 5, ...(cursor !== undefined && { cursor }) }, { tenant: 'globex' });
      for (const id of ids(page.events)) assert.ok(own.includes(id), `${JSON.stringify(query)} leaks an event`);
      cursor = page.next;
    } while (cursor !== undefined);
  }
  const { events: all } = await find({ limit: 100 }, { tenant: 'globex' });
  assert.equal(all.length, own.length, 'events of the tenant are missing');
  for (const tenant of ['GLOBEX', 'glob', 'globex ', '*', '%', "globex' OR '1'='1"]) {
    assert.deepEqual((await find({}, { tenant })).events, [], `the tenant ${tenant} is not globex`);
  }
}

async function tellsNothing({ get, store }: ReaderBench): Promise<void> {
  const events = mixed();
  await store(events);
  for (const { id, tenant } of events) {
    const found = await get(id, { tenant: 'globex' });
    assert.equal(found?.id, tenant?.id === 'globex' ? id : undefined);
  }
  assert.equal(await get('no such id', { tenant: 'globex' }), undefined);
  assert.equal(await get('no such id', { allTenants: true }), undefined);
}

/** Of two tenants, and of none. */
function mixed(): AuditEvent[] {
  return sampleEvents(30, (i) => (i % 3 === 2 ? {} : { tenant: { id: i % 3 === 0 ? 'acme' : 'globex' } })).map(
    (event, i) => {
      if (i % 3 !== 2) return event;
      const { tenant: _, ...without } = event;
      return without;
    },
  );
}
