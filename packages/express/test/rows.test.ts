import type { AuditEvent } from '@whodunit/core';
import { Unit } from '@whodunit/core/writes';
import { audit, currentScope, type ExpressAuditOptions } from '@whodunit/express';
import express, { type Express } from 'express';
import request from 'supertest';
import { type Recording, recording } from './support/running';
import { Stored } from './support/stored';

let recorded: Recording;
let projects: Stored;
let notes: Stored;

function appWith(options?: ExpressAuditOptions): Express {
  recorded = recording(options);
  projects = new Stored('Project');
  notes = new Stored('Note');
  projects.rows.set('7', { id: '7', name: 'Moon', slug: 'moon', size: 1 });
  const app = express();
  app.use(audit(recorded.auditor), express.json(), (req, _res, next) => {
    Object.assign(req, { user: { id: 'u-1' } });
    next();
  });
  return app;
}

const told = async (): Promise<string[]> => {
  const events = await recorded.events();
  return events.map((event) => short(event, events));
};

function short({ action, changes = [], parent, resource }: AuditEvent, all: readonly AuditEvent[]): string {
  const above = all.find(({ id }) => id === parent)?.action;
  const fields = changes.map(({ path }) => path).join(' ');
  return `${action} ${resource?.type} ${resource?.id} ${fields}${above === undefined ? '' : ` < ${above}`}`;
}

describe('what an ORM tells within a request', () => {
  test('stands in its own event, when the route names that very row; the others are its children', async () => {
    const app = appWith();
    app.patch('/projects/:id', async (req, res) => {
      await notes.write('1', { text: 'a' });
      await projects.write(req.params.id, { size: 2 });
      res.json({ id: 7 });
    });
    await request(app).patch('/projects/7').send({ size: 2, junk: 1 });
    expect(await told()).toEqual(['project.update project 7 /size', 'note.create note 1 /id /text < project.update']);
    const [own, child] = await recorded.events();
    expect(own).toMatchObject({
      resource: { type: 'project', id: '7', name: 'Moon' },
      changes: [{ old: 1, new: 2 }],
      diff: { fidelity: 'exact' },
      capture: { by: 'express', why: expect.stringContaining('changes: orm') },
    });
    expect(child).toMatchObject({
      actor: { type: 'user', id: 'u-1' },
      request: { id: own?.request?.id, status: 200 },
      source: own?.source,
      capture: { by: 'orm' },
    });
  });

  test.each([
    ['by another field of the row', '/projects/moon'],
    ['by its id', '/projects/7'],
  ])('is found %s', async (_, path) => {
    const app = appWith();
    app.patch('/projects/:key', async (_req, res) => {
      await projects.write('7', { size: 2 });
      res.json({});
    });
    await request(app).patch(path).send({ size: 2 });
    expect(await told()).toEqual(['project.update project 7 /size']);
  });

  test('of a create is the row that was made', async () => {
    const app = appWith();
    app.post('/projects', async (_req, res) => {
      await projects.write('8', { name: 'Sun' });
      res.status(201).json({ ok: true });
    });
    await request(app).post('/projects').send({ name: 'Sun', password: 'x' });
    expect(await told()).toEqual(['project.create project 8 /id /name']);
  });

  test('with a verb of the product has its changes', async () => {
    const app = appWith();
    app.post('/projects/:id/archive', async (_req, res) => {
      await projects.write('7', { size: 0 });
      res.json({});
    });
    await request(app).post('/projects/7/archive');
    expect(await told()).toEqual(['project.archive project 7 /size']);
  });

  test('that changed nothing leaves nothing, whatever the body said', async () => {
    const app = appWith();
    app.patch('/projects/:id', async (_req, res) => {
      await projects.write('7', { size: 1 });
      res.json({});
    });
    await request(app).patch('/projects/7').send({ size: 1 });
    expect(await told()).toEqual([]);
  });

  test('was committed, so it is told even when the request fails', async () => {
    const app = appWith();
    app.patch('/projects/:id', async (_req, res) => {
      await projects.write('7', { size: 2 });
      res.status(500).json({});
    });
    await request(app).patch('/projects/7').send({ size: 2 });
    const events = await recorded.events();
    expect(events.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'project.update failure',
      'project.update success',
    ]);
    expect(events[1]).toMatchObject({ parent: events[0]?.id, changes: [{ path: '/size' }] });
  });

  test('is told of reads and of silent routes too, that leave no event of their own', async () => {
    const app = appWith();
    app.get('/projects/:id', async (_req, res) => {
      await projects.write('7', { size: 2 });
      res.json({});
    });
    app.get('/health', async (_req, res) => {
      await projects.write('7', { size: 3 });
      res.json({});
    });
    await request(app).get('/projects/7');
    await request(app).get('/health');
    expect(await told()).toEqual(['project.update project 7 /size', 'project.update project 7 /size']);
    for (const event of await recorded.events()) {
      expect(event).toMatchObject({ actor: { id: 'u-1' }, request: { method: 'GET' }, capture: { by: 'orm' } });
      expect(event.parent).toBeUndefined();
    }
  });

  test('has the actor that the application says, also where the request leaves no event', async () => {
    const app = appWith({ actor: async () => ({ type: 'service', id: 's-1' }), tenant: () => 'acme' });
    app.get('/projects/:id', async (_req, res) => {
      await projects.write('7', { size: 2 });
      res.json({});
    });
    await request(app).get('/projects/7');
    expect(await recorded.events()).toMatchObject([{ actor: { type: 'service', id: 's-1' }, tenant: { id: 'acme' } }]);
  });

  test('after the response is told too, as a child of its event', async () => {
    const app = appWith();
    let later: Promise<void> = Promise.resolve();
    app.post('/projects/:id/archive', (_req, res) => {
      res.json({});
      later = new Promise((resolve) => setTimeout(resolve, 120)).then(() => projects.write('7', { size: 9 }));
    });
    await request(app).post('/projects/7/archive');
    await recorded.auditor.flush();
    await later;
    expect(await told()).toEqual(['project.archive project 7 ', 'project.update project 7 /size < project.archive']);
  });

  test('in two transactions is one story of the row; what came and went between them is told', async () => {
    const app = appWith();
    app.patch('/projects/:id', async (_req, res) => {
      await projects.write('7', { size: 2 });
      await projects.write('7', { size: 3 });
      await notes.write('1', { text: 'a' });
      await notes.write('1', undefined);
      res.json({});
    });
    await request(app).patch('/projects/7').send({});
    expect(await told()).toEqual([
      'project.update project 7 /size',
      'note.create note 1 /id /text < project.update',
      'note.delete note 1 /id /text < project.update',
    ]);
    expect((await recorded.events())[0]?.changes).toEqual([{ path: '/size', op: 'replace', old: 1, new: 3 }]);
  });

  test('that was rolled back is not told', async () => {
    const app = appWith();
    app.post('/projects/:id/archive', async (_req, res) => {
      const unit = new Unit();
      await projects.write('7', { size: 9 }, unit);
      unit.rolledBack();
      res.status(409).json({});
    });
    await request(app).post('/projects/7/archive');
    expect(await told()).toEqual(['project.archive project 7 ']);
  });

  test('is not told where the request says so', async () => {
    const app = appWith();
    app.patch('/projects/:id', async (_req, res) => {
      await projects.write('7', { size: 2 });
      currentScope()?.skip();
      res.json({});
    });
    await request(app).patch('/projects/7').send({});
    expect(await told()).toEqual([]);
  });

  test('counts more than a loader and more than the body', async () => {
    const app = appWith({ resources: { project: { load: () => ({ size: Math.random() }) } } });
    app.patch('/projects/:id', async (_req, res) => {
      await projects.write('7', { size: 2 });
      res.json({});
    });
    await request(app).patch('/projects/7').send({ size: 5 });
    expect((await recorded.events())[0]?.changes).toEqual([{ path: '/size', op: 'replace', old: 1, new: 2 }]);
  });

  test('keeps the policy of fields, and the names behind ids, in the event of the request', async () => {
    const app = appWith({
      resources: {
        project: { fields: { size: 'mask', ownerId: { label: 'Owner', name: async (id) => `Owner ${id}` } } },
      },
    });
    app.patch('/projects/:id', async (_req, res) => {
      await projects.write('7', { size: 2, ownerId: 'o-1' });
      res.json({});
    });
    await request(app).patch('/projects/7').send({ size: 2 });
    expect(await recorded.events()).toMatchObject([
      {
        changes: [
          { path: '/size', old: { $redacted: true }, new: { $redacted: true } },
          { path: '/ownerId', op: 'add', new: 'o-1' },
        ],
        metadata: { labels: { '/ownerId': 'Owner' }, names: { '/ownerId': { new: 'Owner o-1' } } },
      },
    ]);
  });

  test('keeps the policy of fields in bodies too, where they are recorded', async () => {
    const app = appWith({
      resources: { project: { fields: { size: 'drop', note: 'mask' } } },
      rules: [{ level: 'full' }],
    });
    app.patch('/projects/:id', (_req, res) => void res.json({ data: [{ size: 41, color: 'red' }] }));
    await request(app).patch('/projects/7').send({ size: 41, note: 'n-1', color: 'red' });
    expect(await recorded.events()).toMatchObject([
      {
        changes: [
          { path: '/note', new: { $redacted: true } },
          { path: '/color', new: 'red' },
        ],
        metadata: {
          body: { size: { $redacted: true }, note: { $redacted: true }, color: 'red' },
          answer: { data: [{ size: { $redacted: true }, color: 'red' }] },
        },
      },
    ]);
  });

  test('by a rule is not told, or told without its changes', async () => {
    const app = appWith({
      rules: [
        { when: { action: 'note.*' }, level: 'none' },
        { when: { action: 'tag.*' }, level: 'metadata' },
      ],
    });
    const tags = new Stored('Tag');
    app.patch('/projects/:id', async (_req, res) => {
      await notes.write('1', { text: 'a' });
      await tags.write('2', { text: 'a' });
      await projects.write('7', { size: 2 });
      res.json({});
    });
    await request(app).patch('/projects/7').send({});
    expect(await told()).toEqual(['project.update project 7 /size', 'tag.create tag 2  < project.update']);
  });
});
