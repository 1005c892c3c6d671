import { join } from 'node:path';
import { type AuditEvent, type Auditor, type AuditorOptions, createAuditor } from '@whodunit/core';
import { fileSink } from '../src/index.js';
import { Folder } from './support/folder.js';

jest.setTimeout(30_000);

let folder: Folder;
const auditors: Auditor[] = [];

beforeEach(() => {
  folder = new Folder();
});

afterEach(async () => {
  for (const auditor of auditors.splice(0)) await auditor.close();
  folder.remove();
});

test('two auditors with a file each: every event is in its own file, once, in the order of its stream', async () => {
  const paths = ['one', 'two'].map((name) => join(folder.path, `${name}.ndjson`));
  const pair = paths.map((path) => auditor({ service: path, sinks: [fileSink(path)] }));
  const wanted = await Promise.all(
    pair.map(async (each) => {
      const ids = Array.from({ length: 1000 }, (_, i) => each.record({ action: 'project.update', metadata: { i } }));
      await each.flush();
      return ids;
    }),
  );
  for (const [i, path] of paths.entries()) {
    const stored = folder.lines(path).map((line): AuditEvent => JSON.parse(line));
    expect(stored.map((event) => event.id)).toEqual(wanted[i]);
    expect(stored.map((event) => event.seal?.seq)).toEqual(Array.from({ length: 1000 }, (_, seq) => seq));
    expect(new Set(stored.map((event) => event.service.name))).toEqual(new Set([path]));
  }
});

test('a second auditor on the same path fails to open and says why', async () => {
  await auditor({ sinks: [fileSink(folder.file)] }).open();
  const second = auditor({ sinks: [fileSink(folder.file)], onError: () => undefined });
  await expect(second.open()).rejects.toThrow('another sink of this process writes to it');
});

test('the next auditor goes on in the same file', async () => {
  for (let run = 0; run < 3; run++) {
    const each = createAuditor({ sinks: [fileSink(folder.file)] });
    each.record({ action: 'project.create' });
    await each.close();
  }
  expect(folder.lines()).toHaveLength(3);
});

function auditor(options: AuditorOptions): Auditor {
  const made = createAuditor(options);
  auditors.push(made);
  return made;
}
