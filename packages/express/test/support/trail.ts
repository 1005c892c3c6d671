import { type AuditEvent, eventLine } from '@whodunit/core';
import { audit } from '@whodunit/express';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import express from 'express';
import type { Recording } from './running';

/** Where the audit line stands in an application, for `describe.each`. */
export const ORDERS = ['before', 'after'] as const;
export type Order = (typeof ORDERS)[number];

/** Mounts body parsers, auth and the audit line, in that order or with the audit line first. */
export function mount(app: Express, recorded: Recording, order: Order, auth: readonly RequestHandler[]): void {
  const others = [express.json(), express.urlencoded({ extended: false }), ...auth];
  const line = audit(recorded.auditor);
  app.use(...(order === 'before' ? [line, ...others] : [...others, line]));
}

/** Lets nobody through who is not signed in, and nobody into what is called forbidden. */
export function guarded(isSignedIn: (request: Parameters<RequestHandler>[0]) => unknown): RequestHandler {
  return (req, res) => {
    const status = !isSignedIn(req) ? 401 : req.params['id'] === 'forbidden' ? 403 : 200;
    res.status(status).json({});
  };
}

export const answersErrors: ErrorRequestHandler = (error: { status?: number }, _req, res, _next) =>
  void res.status(error.status ?? 500).json({ error: 'refused' });

/** `action outcome type id-or-claimed`, a line for each event; none may hold one of these secrets. */
export async function trailOf(recorded: Recording, ...secrets: readonly string[]): Promise<string[]> {
  const events = await recorded.events();
  const text = events.map(eventLine).join('\n');
  for (const secret of secrets) expect(text).not.toContain(secret);
  expect(text).not.toMatch(/eyJ[\w-]+\./);
  expect(recorded.errors).toEqual([]);
  return events.map(line);
}

function line({ action, actor, outcome, resource }: AuditEvent): string {
  const who = actor.id ?? (actor.claimed === undefined ? '-' : `claims ${actor.claimed}`);
  return [action, outcome, actor.type, who, ...(resource?.id === undefined ? [] : [`on ${resource.id}`])].join(' ');
}
