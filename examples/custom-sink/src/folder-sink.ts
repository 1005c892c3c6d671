import { access, rename, writeFile } from 'node:fs/promises';
import { type AuditEvent, eventLine, type Sink, SinkError } from '@whodunit/core';

/** Stores each event as a file of its own in a folder; the id is the name, so an event that comes again is one file. */
export function folderSink(folder: string): Sink {
  return {
    name: 'folder',
    idempotent: true,
    open: () => access(folder),
    async write(events, { signal }) {
      const store = async (event: AuditEvent) => {
        await writeFile(`${folder}/${event.id}.part`, eventLine(event), { flush: true, signal });
        await rename(`${folder}/${event.id}.part`, `${folder}/${event.id}.json`);
      };
      const results = await Promise.allSettled(events.map(store));
      const failedIds = events.flatMap(({ id }, i) => (results[i]?.status === 'fulfilled' ? [] : id));
      const cause = results.find((result) => result.status === 'rejected')?.reason;
      if (cause) throw new SinkError('Cannot write. Is the folder there?', { kind: 'retryable', failedIds, cause });
    },
  };
}
