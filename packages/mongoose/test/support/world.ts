import { type AuditError, createAuditor } from '@whodunit/core';
import type { WriteOptions } from '@whodunit/core/writes';
import { type Orm, type World } from '@whodunit/test-support/orm';
import { memorySink } from '@whodunit/testing';
import type { Document } from 'bson';
import { commandsSent, type MongoServer, startMongo } from './server';

/** The world of the shared suite, with the stand-in for a MongoDB server below it. */
export async function mongoWorldOf(orm: Orm, options: WriteOptions | 'not audited' = {}): Promise<World> {
  const server = await startMongo();
  const sink = memorySink();
  const errors: AuditError[] = [];
  const auditor = createAuditor({ sinks: [sink], onError: (error) => errors.push(error) });
  const session = await orm.connect(server.url, options === 'not audited' ? options : { auditor, ...options });
  return {
    verbs: session.verbs,
    auditor,
    sink,
    errors,
    async told() {
      await auditor.flush();
      const events = [...sink.events];
      sink.clear();
      return events;
    },
    sql: async (text, values = []) => select(server, text, values),
    async queriesOf(work) {
      const before = commandsSent();
      await work();
      return commandsSent() - before;
    },
    async close() {
      await session.close();
      await auditor.close();
      await server.close();
    },
  };
}

/** The few queries by which the suite looks at what is stored. */
function select(server: MongoServer, text: string, [id]: readonly unknown[]): Document[] {
  const [, column = '', table = '', where] = /^SELECT (\w+) FROM (\w+)( WHERE id = \$1)?$/.exec(text) ?? [];
  const rows = server.documents(table).filter((document) => where === undefined || document['_id'] === id);
  return rows.map((document) => ({ [column]: document[column === 'id' ? '_id' : column] }));
}
