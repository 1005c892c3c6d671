import type { Actor, AuditEvent, Source } from '@whodunit/core';

/** What differs from one sample event to the next; `n` makes names and ids differ between two of a kind. */
export type Sample = (n: number) => Omit<AuditEvent, 'v' | 'id' | 'time' | 'service' | 'seal'>;

const TENANT = { id: 'acme', name: 'Acme Ltd' } as const;

const login: Sample = (n) => ({
  action: 'auth.login',
  category: 'auth',
  operation: 'execute',
  outcome: 'success',
  severity: 'info',
  actor: { ...user(n), auth: { method: 'password', mfa: true } },
  tenant: TENANT,
  source: source(n),
  request: { id: `request-${n}`, method: 'POST', route: '/login', status: 200, durationMs: 12.5 },
  capture: { by: 'express', why: 'route', level: 'metadata' },
});

const loginFailed: Sample = (n) => ({
  action: 'auth.login',
  category: 'auth',
  operation: 'execute',
  outcome: 'failure',
  reason: { code: 'invalid_credentials', text: 'wrong user name or password' },
  severity: 'medium',
  actor: { type: 'anonymous', claimed: `user-${n}@example.com` },
  source: { ...source(n), chain: ['198.51.100.7', '10.0.0.2'] },
  request: { id: `request-${n}`, method: 'POST', route: '/login', status: 401, durationMs: 8 },
  capture: { by: 'express', why: 'route', level: 'metadata' },
});

const create: Sample = (n) => ({
  action: 'project.create',
  category: 'data',
  operation: 'create',
  outcome: 'success',
  severity: 'info',
  actor: user(n),
  tenant: TENANT,
  source: source(n),
  resource: { type: 'project', id: `project-${n}`, name: `Project ${n}`, parent: { type: 'account', id: 'acme' } },
  request: { id: `request-${n}`, method: 'POST', route: '/projects', status: 201, durationMs: 21 },
  trace: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' },
  capture: { by: 'nestjs', why: 'route', rule: 'writes', level: 'changes' },
});

const update: Sample = (n) => ({
  action: 'project.update',
  category: 'data',
  operation: 'update',
  outcome: 'success',
  severity: 'info',
  actor: user(n),
  tenant: TENANT,
  source: source(n),
  resource: { type: 'project', id: `project-${n}`, name: `Project ${n}` },
  changes: [
    { path: '/status', op: 'replace', old: 'draft', new: 'active' },
    { path: '/budget', op: 'replace', old: 1000.5, new: null },
    { path: '/labels/2', op: 'add', new: { colour: 'red', tags: ['a', 'b'], pinned: true } },
    { path: '/a~1b~0c', op: 'remove', old: [] },
  ],
  diff: { fidelity: 'exact' },
  request: { id: `request-${n}`, method: 'PATCH', route: '/projects/:id', status: 200, durationMs: 34 },
  capture: { by: 'express', why: 'route', level: 'changes' },
  metadata: { ticket: `T-${n}`, nested: { list: [1, 2.5, -3, 1e21], empty: {}, nothing: null } },
});

const remove: Sample = (n) => ({
  action: 'project.delete',
  category: 'data',
  operation: 'delete',
  outcome: 'success',
  reason: { code: 'requested', text: 'asked for by the customer' },
  severity: 'low',
  actor: user(n),
  tenant: TENANT,
  source: source(n),
  resource: { type: 'project', id: `project-${n}` },
  diff: { fidelity: 'none', why: 'no loader' },
  request: { id: `request-${n}`, method: 'DELETE', route: '/projects/:id', status: 204, durationMs: 15 },
  capture: { by: 'nestjs', why: 'decorator', level: 'changes' },
});

const denied: Sample = (n) => ({
  action: 'report.export',
  category: 'data',
  operation: 'read',
  outcome: 'denied',
  reason: { code: 'http_403' },
  severity: 'medium',
  actor: user(n),
  tenant: TENANT,
  source: source(n),
  resource: { type: 'report', id: `report-${n}` },
  request: { id: `request-${n}`, method: 'GET', route: '/reports/:id/export', status: 403, durationMs: 3 },
  capture: { by: 'express', why: 'status', level: 'metadata' },
});

const invite: Sample = (n) => ({
  action: 'member.invite',
  category: 'access',
  operation: 'create',
  outcome: 'success',
  severity: 'low',
  actor: { ...user(n), onBehalfOf: { type: 'user', id: 'user-owner', email: 'owner@example.com' } },
  tenant: TENANT,
  source: source(n),
  resource: { type: 'invitation', id: `invitation-${n}`, name: `guest-${n}@example.com` },
  request: { id: `request-${n}`, method: 'POST', route: '/members/invite', status: 202, durationMs: 40 },
  capture: { by: 'nestjs', why: 'route', level: 'changes' },
});

const job: Sample = (n) => ({
  action: 'order.refund',
  category: 'data',
  operation: 'execute',
  outcome: 'unknown',
  severity: 'high',
  actor: { type: 'job', id: 'nightly-refunds' },
  resource: { type: 'order', id: `order-${n}` },
  capture: { by: 'manual', why: 'record', level: 'changes' },
  parent: '019b8d6e-7a00-7000-8000-0000000000ff',
  truncated: { bytes: 90_000, fields: ['/changes/0/old'] },
});

const logout: Sample = (n) => ({
  action: 'auth.logout',
  category: 'auth',
  operation: 'execute',
  outcome: 'success',
  severity: 'info',
  actor: user(n),
  tenant: TENANT,
  source: source(n),
  request: { id: `request-${n}`, method: 'POST', route: '/logout', status: 302, durationMs: 5 },
  capture: { by: 'express', why: 'route', level: 'metadata' },
});

/** One of each kind, in the order in which `sampleEvents` repeats them. */
export const SAMPLES: readonly Sample[] = [login, update, remove, denied, loginFailed, create, invite, job, logout];

function user(n: number): Actor {
  return { type: 'user', id: `user-${n}`, name: `User ${n}`, email: `user-${n}@example.com` };
}

function source(n: number): Source {
  return { ip: `203.0.113.${n % 256}`, userAgent: 'Mozilla/5.0 (sample)' };
}
