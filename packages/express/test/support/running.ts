import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AuditError, type AuditEvent, type Auditor, createAuditor } from '@whodunit/core';
import type { ExpressAuditOptions } from '@whodunit/express';
import { type MemorySink, memorySink } from '@whodunit/testing';
import type { Express } from 'express';

/** An auditor that remembers what it stored and what it complained about. */
export interface Recording {
  readonly auditor: Auditor;
  readonly sink: MemorySink;
  readonly errors: AuditError[];
  /** Closes the auditor and gives every event, oldest first. */
  events(): Promise<readonly AuditEvent[]>;
}

export function recording(options: ExpressAuditOptions = {}): Recording {
  const sink = memorySink();
  const errors: AuditError[] = [];
  const onError = (error: AuditError): void => void errors.push(error);
  const auditor = createAuditor({ service: 'shop', sinks: [sink], onError, ...options });
  return {
    auditor,
    sink,
    errors,
    async events() {
      await auditor.close();
      return sink.events;
    },
  };
}

/** A server that is listening on a free port of this machine. */
export interface Running {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  /** Resolves when every connection is gone, so that every response has ended one way or another. */
  stop(): Promise<void>;
}

export async function listening(app: Express, server: Server = createServer(app)): Promise<Running> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      // Sockets tell their responses in the next turns.
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** The only event; fails when there is none or another. */
export function only(events: readonly AuditEvent[]): AuditEvent {
  expect(events.map(({ action }) => action)).toHaveLength(1);
  return events[0] as AuditEvent;
}
