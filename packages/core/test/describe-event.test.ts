import { type AuditEvent, createAuditor, describeEvent, type EventInput } from '@whodunit/core';

const shared = { source: { ip: '203.0.113.1' }, tenant: { id: '7', name: 'Acme' }, time: '2026-01-05T09:00:00.000Z' };

test('says who did what to what, for whom, from where and how it ended', async () => {
  const resource = { type: 'project', id: '42', name: 'Moon base' };
  expect(
    await line({
      ...shared,
      action: 'project.delete',
      actor: { type: 'user', id: '1', email: 'a@b.example' },
      resource,
    }),
  ).toBe('2026-01-05T09:00:00.000Z a@b.example project.delete project 42 "Moon base" in Acme from 203.0.113.1 ok');
});

test('shows short old and new values of an update, and only the names of the others', async () => {
  const before = { price: 900, text: 'x'.repeat(100), password: 'one', labels: ['a'] };
  const after = { price: 1200, text: 'y'.repeat(100), password: 'two', labels: ['a', 'b'] };
  expect(await line({ action: 'product.update', before, after })).toMatch(
    / system product\.update \(price 900 → 1200, text, password, labels\) ok$/,
  );
});

test('counts the changes that do not fit', async () => {
  const after = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`f${i}`, 'x'.repeat(50)]));
  expect(await line({ action: 'product.update', before: {}, after })).toContain('(f0, f1, f2, f3, f4, 4 more)');
});

test('lists no fields of what was created or deleted', async () => {
  expect(await line({ action: 'product.create', after: { name: 'Mug' } })).toMatch(/ system product\.create ok$/);
});

test('says that an identity is only claimed', async () => {
  const actor = { type: 'anonymous', claimed: 'a@b.example' } as const;
  const reason = { code: 'http_401' };
  expect(await line({ action: 'auth.login', outcome: 'failure', actor, reason })).toMatch(
    / anonymous \(claims to be a@b\.example\) auth\.login FAILURE: http_401$/,
  );
});

test('says what kind of actor an id or a name belongs to, and for whom it acts', async () => {
  expect(await line({ action: 'a.b', actor: '42' })).toContain(' user 42 a.b');
  expect(await line({ action: 'a.b', actor: { type: 'apiKey', id: 'k', name: 'CI' } })).toContain(' apiKey "CI" a.b');
  const onBehalfOf = { email: 'boss@b.example' };
  expect(await line({ action: 'a.b', actor: { type: 'user', id: '1', onBehalfOf } })).toContain(
    ' user 1 for boss@b.example a.b',
  );
});

test('is one printable line, whatever a name holds', async () => {
  const resource = { type: 'project', id: '1', name: 'a\n\u001b[31mb\u202ec' };
  expect(await line({ action: 'project.delete', resource })).toMatch(/^[\P{C}]+$/u);
});

async function line(input: EventInput): Promise<string> {
  const events: AuditEvent[] = [];
  const write = async (batch: readonly AuditEvent[]) => void events.push(...batch);
  const auditor = createAuditor({ service: 'test', sinks: [{ name: 'memory', idempotent: false, write }] });
  auditor.record(input);
  await auditor.close();
  const [event] = events;
  if (event === undefined) throw new Error('Nothing was recorded.');
  return describeEvent(event);
}
