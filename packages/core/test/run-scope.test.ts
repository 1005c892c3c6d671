import { type AuditEvent, createAuditor, currentScope } from '@whodunit/core';

test('what is recorded inside of a run has its actor, its tenant and its parent', async () => {
  const [mail, run] = await record(async (auditor) => {
    await auditor.run({ job: 'reminders', tenant: 'acme' }, () => void auditor.record({ action: 'mail.send' }));
  });
  expect(mail).toMatchObject({ action: 'mail.send', actor: { type: 'job', id: 'reminders' }, tenant: { id: 'acme' } });
  expect(run).toMatchObject({ action: 'job.run', actor: { type: 'job', id: 'reminders' }, tenant: { id: 'acme' } });
  expect(mail?.parent).toBe(run?.id);
});

test('what the scope of a run is told stands above the options of the run', async () => {
  const [run] = await record(async (auditor) => {
    await auditor.run({ job: 'reminders', actor: 'user-1', tenant: 'acme' }, () => {
      currentScope()?.setActor('user-2');
      currentScope()?.setTenant('globex');
    });
  });
  expect(run).toMatchObject({ actor: { type: 'user', id: 'user-2' }, tenant: { id: 'globex' } });
});

test('a run inside of a run keeps the actor and the tenant around it', async () => {
  const [inner] = await record(async (auditor) => {
    await auditor.run({ job: 'outer', tenant: 'acme' }, () => auditor.run({ action: 'mail.send' }, () => undefined));
  });
  expect(inner).toMatchObject({ action: 'mail.send', actor: { type: 'job', id: 'outer' }, tenant: { id: 'acme' } });
});

async function record(work: (auditor: ReturnType<typeof createAuditor>) => Promise<void>) {
  const events: AuditEvent[] = [];
  const write = async (batch: readonly AuditEvent[]) => void events.push(...batch);
  const auditor = createAuditor({ service: 'test', sinks: [{ name: 'memory', idempotent: false, write }] });
  await work(auditor);
  await auditor.close();
  return events;
}
