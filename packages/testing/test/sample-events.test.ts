import { createHash } from 'node:crypto';
import { type AuditEvent, eventLine, MAX_EVENT_BYTES } from '@whodunit/core';
import { sampleEvent, sampleEvents } from '@whodunit/testing';
import { HOSTILE_MEMBERS } from '../src/conformance/hostile.js';

test('the same arguments give the same events, ids included', () => {
  expect(sampleEvents(20)).toEqual(sampleEvents(20));
  expect(sampleEvents(20).slice(0, 5)).toEqual(sampleEvents(5));
  expect(sampleEvent()).toEqual(sampleEvents(1)[0]);
});

test('ids are distinct UUIDv7 in order of time', () => {
  const ids = sampleEvents(300).map(({ id }) => id);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(300);
  expect([...ids].sort()).toEqual(ids);
});

test('a UUIDv7 begins with the time of its event', () => {
  for (const { id, time } of sampleEvents(3)) {
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.parse(time));
  }
});

test('events are sealed as one stream whose hash chain is correct', () => {
  const events = sampleEvents(12, { metadata: { text: 'line\u2028separator' } });
  expect(events.map(({ seal }) => seal?.seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(events[0]?.seal?.prev).toBe(Buffer.alloc(32).toString('base64'));
  for (const [i, event] of events.slice(1).entries()) expect(event.seal?.prev).toBe(leafHash(events[i]));
});

test('events are frozen all the way down', () => {
  const [, update] = sampleEvents(2) as [AuditEvent, AuditEvent];
  expect(() => Object.assign(update, { action: 'x' })).toThrow(TypeError);
  expect(() => Object.assign(update.changes?.[0] ?? {}, { op: 'add' })).toThrow(TypeError);
  expect(() => Object.assign(update.metadata?.['nested'] ?? {}, { list: [] })).toThrow(TypeError);
});

test('nine in a row hold a login, a failed one, a logout, a create, an update with changes, a delete and a refusal', () => {
  const events = sampleEvents(9);
  const words = events.map(({ action, outcome }) => `${action} ${outcome}`);
  expect(words).toEqual(expect.arrayContaining(['auth.login success', 'auth.login failure', 'auth.logout success']));
  expect(words).toEqual(expect.arrayContaining(['project.create success', 'project.delete success']));
  expect(events.find(({ action }) => action === 'project.update')?.changes?.length).toBeGreaterThan(1);
  expect(events.some(({ outcome }) => outcome === 'denied')).toBe(true);
});

test('overrides replace members, of all events or of each by its index', () => {
  expect(sampleEvent({ action: 'order.refund' })).toMatchObject({ action: 'order.refund', outcome: 'success' });
  const tenants = sampleEvents(3, (index) => ({ tenant: { id: `tenant-${index}` } })).map(({ tenant }) => tenant?.id);
  expect(tenants).toEqual(['tenant-0', 'tenant-1', 'tenant-2']);
});

test('sample events, and those that the conformance kit makes awkward, are valid: plain JSON within the limit', () => {
  const awkward = sampleEvents(HOSTILE_MEMBERS.length, (index) => HOSTILE_MEMBERS[index] ?? {});
  const sizes = awkward.map((event) => Buffer.byteLength(eventLine(event)));
  for (const event of [...sampleEvents(9), ...awkward]) expect(JSON.parse(eventLine(event))).toEqual(event);
  for (const event of awkward) expect(JSON.stringify(event).isWellFormed()).toBe(true);
  expect(Math.max(...sizes)).toBeGreaterThan(60_000);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_EVENT_BYTES);
});

/** RFC 6962 leaf hash. */
function leafHash(event: AuditEvent | undefined): string {
  return createHash('sha256')
    .update(Buffer.concat([Buffer.of(0), Buffer.from(event === undefined ? '' : eventLine(event))]))
    .digest('base64');
}
