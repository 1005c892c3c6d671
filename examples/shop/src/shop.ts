import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Auditor, createAuditor, type Sink } from '@whodunit/core';
import { fileSink } from '@whodunit/sink-file';
import { postgresSink } from '@whodunit/sink-postgres';
import { shopApp } from './app.js';
import { type Database, openDatabase } from './database.js';
import { loadProduct } from './products.js';

export interface ShopOptions {
  readonly databaseUrl: string;
  /** Events are kept in this file, besides Postgres. */
  readonly auditFile: string;
  /** Shows events while they happen. */
  readonly screen: Sink;
  readonly port: number;
}

/** A shop that is open. */
export interface Shop {
  readonly url: string;
  readonly auditor: Auditor;
  readonly database: Database;
  /** Closes in order: no more requests, then the auditor, then the database. */
  close(): Promise<void>;
}

export async function openShop({ databaseUrl, auditFile, screen, port }: ShopOptions): Promise<Shop> {
  const database = await openDatabase(databaseUrl);
  const auditor = createAuditor({
    service: 'shop',
    sinks: [screen, fileSink(auditFile), postgresSink({ pool: database, migrations: 'apply' })],
    resources: { product: { load: (id) => loadProduct(database, id) } },
    // Nobody wants to wait for a batch to fill while looking at the screen.
    dispatch: { maxWaitMs: 0 },
  });
  const server = createServer(shopApp(database, auditor));
  await auditor.open();
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    auditor,
    database,
    async close() {
      server.close();
      server.closeIdleConnections();
      await auditor.close();
      server.closeAllConnections();
      await database.end();
    },
  };
}
