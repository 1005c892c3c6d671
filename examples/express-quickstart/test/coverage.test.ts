import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'express-quickstart-'));
process.env['AUDIT_FILE'] = join(folder, 'audit.ndjson');

test('every route that changes something leaves an event, and says to what', async () => {
  const { app, auditing } = await import('../src/app');
  const coverage = auditing.coverage(app);
  expect(coverage.routes.map(String)).toContain('PATCH /projects/:id');
  expect(coverage.unaudited).toEqual([]);
  expect(coverage.withoutResource).toEqual([]);
  await auditing.auditor.close();
  rmSync(folder, { recursive: true });
});
