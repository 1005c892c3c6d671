import type { AuditEvent } from '@whodunit/core';
import { Browser } from './support/browser';
import { startApp, stopApps } from './support/running-app';

const PASSWORD = 'correct-horse-battery';
const EMAIL = 'jane@example.com';

afterEach(stopApps);

const brief = ({ action, actor, outcome }: AuditEvent) =>
  [action, outcome, actor.type, actor.email ?? actor.claimed ?? '-'].join(' ');

test.each(['before', 'after'])(
  'better-auth, with audit mounted %s it: from the signup to the logout',
  async (order) => {
    const app = await startApp('better-auth', order);
    const { shop = '' } = app.said;
    const browser = new Browser();
    const send = (method: string, path: string, body: object = {}) =>
      browser.send(`${shop}${path}`, {
        method,
        headers: { 'content-type': 'application/json', origin: shop },
        body: JSON.stringify(body),
      });
    const auth = (path: string, body?: object) => send('POST', `/api/auth/${path}`, body);

    await auth('sign-up/email', { email: EMAIL, password: PASSWORD, name: 'Jane' });
    await auth('sign-out');
    await auth('sign-in/email', { email: EMAIL, password: 'wrong-horse' });
    await auth('sign-in/email', { email: EMAIL, password: PASSWORD });
    const made = await auth('organization/create', { name: 'Acme', slug: 'acme' });
    const { id: acme } = (await made.json()) as { id: string };
    await auth('organization/invite-member', { email: 'pat@example.com', role: 'member' });
    expect((await send('PUT', '/projects/7')).status).toBe(200);
    expect((await send('PUT', '/projects/forbidden')).status).toBe(403);
    await auth('sign-out');
    expect((await send('PUT', '/projects/7')).status).toBe(401);

    const events = await app.events();
    expect(events.map((event) => JSON.stringify(event)).join()).not.toMatch(/horse|better-auth\.session/);
    expect(events.map(brief)).toEqual([
      `account.signup success user ${EMAIL}`,
      `auth.logout success user ${EMAIL}`,
      `auth.login failure anonymous ${EMAIL}`,
      `auth.login success user ${EMAIL}`,
      `organization.create success user ${EMAIL}`,
      `member.invite success user ${EMAIL}`,
      `project.update success user ${EMAIL}`,
      `project.update denied user ${EMAIL}`,
      `auth.logout success user ${EMAIL}`,
      'project.update denied anonymous -',
    ]);
    expect(events[6]?.tenant).toEqual({ id: acme });
    expect(events[6]?.actor).toMatchObject({ name: 'Jane', id: events[0]?.actor.id });
  },
);
