import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Document } from 'bson';
import { COMMANDS } from './commands';
import { Refusal, Store, Transaction } from './store';
import { replyTo, requestsIn } from './wire';

/**
 * A stand-in for a MongoDB server, that the real driver talks to over TCP: documents in memory, queries and updates by
 * mingo, transactions of one session at a time. It says that it is the primary of a replica set, so that there may be any.
 */
export interface MongoServer {
  readonly url: string;
  /** Names of the commands that came, but for those that every connection sends. */
  readonly commands: string[];
  /** The next command of this name is answered with this instead of being run. */
  fail(command: string, answer: Document, isRun?: 'run'): void;
  /** What is stored. */
  documents(collection: string): Document[];
  close(): Promise<void>;
}

/** What came to all servers: those of the suite are compared with each other. */
let total = 0;

export function commandsSent(): number {
  return total;
}

const QUIET = new Set(['hello', 'ismaster', 'isMaster', 'endSessions', 'ping', 'createIndexes', 'create']);

export async function startMongo(): Promise<MongoServer> {
  const store = new Store();
  const transactions = new Map<string, Transaction>();
  const faults = new Map<string, { readonly answer: Document; readonly isRun: boolean }[]>();
  const commands: string[] = [];
  const sockets = new Set<Socket>();

  const answer = (command: Document): Document => {
    const name = Object.keys(command)[0] ?? '';
    if (!QUIET.has(name)) {
      commands.push(name);
      total += 1;
    }
    const fault = faults.get(name)?.shift();
    if (fault !== undefined && !fault.isRun) return fault.answer;
    const done = safely(() => run(name, command));
    return fault?.answer ?? done;
  };

  const run = (name: string, command: Document): Document => {
    if (/^(hello|ismaster)$/i.test(name)) return hello(address());
    const key = `${command['lsid']?.id?.toString('hex')} ${command['txnNumber']}`;
    if (command['startTransaction'] === true) transactions.set(key, new Transaction(store));
    const open = command['autocommit'] === false ? transactions.get(key) : undefined;
    if (command['autocommit'] === false && open === undefined) throw new Refusal(251, 'No such transaction');
    if (name === 'commitTransaction' || name === 'abortTransaction') {
      if (name === 'commitTransaction') open?.commit();
      else open?.abort();
      transactions.delete(key);
      return {};
    }
    const work = COMMANDS[name];
    if (work === undefined) throw new Refusal(59, `no such command: '${name}'`);
    return work(command, { store, view: open ?? store, database: String(command['$db']) });
  };

  const server = createServer((socket) => {
    let rest: Buffer = Buffer.alloc(0);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      const got = requestsIn(Buffer.concat([rest, bytes]));
      rest = got.rest;
      for (const request of got.requests) {
        const reply = answer(request.command);
        if (!request.isSilent) socket.write(replyTo(request, reply));
      }
    });
  });
  const address = (): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `mongodb://${address()}/test?directConnection=true`,
    commands,
    fail(command, given, isRun) {
      faults.set(command, [...(faults.get(command) ?? []), { answer: given, isRun: isRun === 'run' }]);
    },
    documents: (collection) => store.all(collection),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function safely(work: () => Document): Document {
  try {
    return { ok: 1, ...work() };
  } catch (error) {
    const { code = 8000, message, more = {} } = error as Refusal;
    return { ok: 0, code, errmsg: message, ...more };
  }
}

function hello(address: string): Document {
  return {
    ok: 1,
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    setName: 'stand-in',
    setVersion: 1,
    hosts: [address],
    primary: address,
    me: address,
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: 1,
    minWireVersion: 0,
    maxWireVersion: 21,
  };
}
