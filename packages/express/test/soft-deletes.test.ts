import type { AuditEvent } from '@whodunit/core';
import { audit, currentScope, type ExpressAuditOptions } from '@whodunit/express';
import type { Express } from 'express';
import express from 'express';
import request from 'supertest';
import { only, type Recording, recording } from './support/running';

let recorded: Recording;

function appWith(options?: ExpressAuditOptions): Express {
  recorded = recording(options);
  const app = express();
  app.use(audit(recorded.auditor), express.json());
  return app;
}

async function actionOf(method: 'post' | 'put' | 'patch', path: string, body: object): Promise<AuditEvent> {
  const app = appWith();
  app[method](path, (_req, res) => void res.json({}));
  await request(app)[method](path.replace(':id', '7')).send(body);
  return only(await recorded.events());
}

describe('a delete that is no DELETE', () => {
  test.each<['post' | 'put' | 'patch', string, object, string]>([
    ['post', '/projects/:id/delete', {}, 'project.delete'],
    ['post', '/projects/delete', { id: 7 }, 'project.delete'],
    ['put', '/projects/:id/delete', {}, 'project.delete'],
    ['patch', '/projects/:id', { deleted: true }, 'project.delete'],
    ['patch', '/projects/:id', { deletedAt: '2026-01-01T00:00:00Z' }, 'project.delete'],
    ['put', '/projects/:id', { is_deleted: 1, reason: 'old' }, 'project.delete'],
    ['patch', '/projects/:id', { status: 'deleted' }, 'project.delete'],
    ['patch', '/projects/:id', { deletedAt: null }, 'project.restore'],
    ['put', '/projects/:id', { isDeleted: false }, 'project.restore'],
    ['patch', '/projects/:id', { status: 'open' }, 'project.update'],
    ['patch', '/projects/:id', { deleted: 'perhaps' }, 'project.update'],
    ['put', '/projects/:id', { name: 'Moon', size: 3, isDeleted: false }, 'project.update'],
  ])('%s %s with %j is told as %4$s', async (method, path, body, action) => {
    const event = await actionOf(method, path, body);
    expect(event).toMatchObject({ action, outcome: 'success', resource: { type: 'project', id: '7' } });
    expect(event.operation).toBe(action.endsWith('delete') ? 'delete' : 'update');
  });

  test('still says what the update sets, and why it was called so', async () => {
    const event = await actionOf('patch', '/projects/:id', { deleted: true });
    expect(event.changes).toEqual([{ new: true, op: 'replace', path: '/deleted' }]);
    expect(event.capture.why).toMatch(/^PATCH \/projects\/:id updates, and its body says to delete/);
  });

  test('has the name that the application gives it', async () => {
    const app = appWith();
    app.patch('/projects/:id', (_req, res) => {
      currentScope()?.setAction('project.bury');
      res.json({});
    });
    await request(app).patch('/projects/7').send({ deleted: true });
    expect(only(await recorded.events()).action).toBe('project.bury');
  });
});

describe('a denial that is a 404', () => {
  const projects = new Map([['7', { name: 'Moon' }]]);
  const loads: ExpressAuditOptions = { resources: { project: { load: (id) => projects.get(id) } } };

  const answers404 = (options?: ExpressAuditOptions): Express => {
    const app = appWith(options);
    app.delete('/projects/:id', (_req, res) => void res.status(404).json({ error: 'not found' }));
    app.delete('/projects/:projectId/tasks/:id', (_req, res) => void res.status(404).end());
    return app;
  };

  test('is known to be one when the loader finds what the answer says is not there', async () => {
    await request(answers404(loads)).delete('/projects/7').expect(404);
    const event = only(await recorded.events());
    expect(event).toMatchObject({ outcome: 'denied', reason: { code: 'hidden_by_404' }, request: { status: 404 } });
    expect(event.changes).toBeUndefined();
  });

  test.each([
    ['what is really not there', loads, '/projects/8'],
    ['what is not there in something that is', loads, '/projects/7/tasks/9'],
    ['what nobody can look up', undefined, '/projects/7'],
    ['a path without a route', loads, '/api/projects/7'],
  ])('is a failure for %s', async (_what, options, path) => {
    await request(answers404(options)).delete(path).expect(404);
    expect(only(await recorded.events())).toMatchObject({ outcome: 'failure', reason: { code: 'http_404' } });
  });

  test('is a failure for what somebody else deleted meanwhile', async () => {
    const found = [{ name: 'Moon' }, undefined];
    await request(answers404({ resources: { project: { load: () => found.shift() } } })).delete('/projects/7');
    expect(only(await recorded.events())).toMatchObject({ outcome: 'failure', reason: { code: 'http_404' } });
  });

  test('is one when the application says so', async () => {
    const app = appWith();
    app.delete('/projects/:id', (_req, res) => {
      currentScope()?.setOutcome('denied', 'not a member');
      res.status(404).end();
    });
    await request(app).delete('/projects/7').expect(404);
    expect(only(await recorded.events())).toMatchObject({ outcome: 'denied', reason: { text: 'not a member' } });
  });
});
