import type { AuditEvent } from '@whodunit/core';
import { Browser } from './support/browser';
import { startApp, stopApps } from './support/running-app';

const EMAIL = 'jane@example.com';

afterEach(stopApps);

const brief = ({ action, actor, outcome }: AuditEvent) =>
  [action, outcome, actor.type, actor.id ?? actor.claimed ?? '-'].join(' ');

describe.each(['before', 'after'])('with audit mounted %s it', (order) => {
  test('Auth.js: from a failed login to the logout', async () => {
    const app = await startApp('auth-js', order);
    const { shop = '' } = app.said;
    const browser = new Browser();
    const submit = async (path: string, form: Readonly<Record<string, string>>) => {
      const { csrfToken } = (await (await browser.send(`${shop}/auth/csrf`)).json()) as { csrfToken: string };
      const body = new URLSearchParams({ ...form, csrfToken });
      return browser.send(`${shop}/auth/${path}`, { method: 'POST', body });
    };
    const update = async (id: string) => (await browser.send(`${shop}/projects/${id}`, { method: 'PUT' })).status;

    await submit('callback/credentials', { email: EMAIL, password: 'wrong-horse' });
    expect(await update('7')).toBe(401);
    await submit('callback/credentials', { email: EMAIL, password: 'correct-horse-battery' });
    expect(await update('7')).toBe(200);
    expect(await update('forbidden')).toBe(403);
    await submit('signout', {});
    expect(await update('7')).toBe(401);

    const events = await app.events();
    expect(events.map((event) => JSON.stringify(event)).join()).not.toMatch(/horse|csrf|eyJ/);
    expect(events.map(brief)).toEqual([
      `auth.login failure anonymous ${EMAIL}`,
      'project.update denied anonymous -',
      // It leaves nobody on the request, and answers with a cookie that nobody else can read.
      `auth.login success anonymous ${EMAIL}`,
      'project.update success user u-1',
      'project.update denied user u-1',
      'auth.logout success user u-1',
      'project.update denied anonymous -',
    ]);
    expect(events[3]).toMatchObject({ actor: { name: 'Jane', email: EMAIL }, tenant: { id: 'acme' } });
  });

  test('jose: a guard of your own leaves the claims that it verified', async () => {
    const app = await startApp('auth-js', order);
    const { shop = '', token = '' } = app.said;
    const as = async (bearer: string, id: string) => {
      const headers = { authorization: `Bearer ${bearer}` };
      return (await fetch(`${shop}/api/projects/${id}`, { method: 'PUT', headers })).status;
    };
    expect([await as(token, '7'), await as(token, 'forbidden'), await as(`${token}x`, '7')]).toEqual([200, 403, 401]);
    const events = await app.events();
    expect(events.map(brief)).toEqual([
      'project.update success user u-1',
      'project.update denied user u-1',
      'project.update denied anonymous -',
    ]);
    expect(events[0]).toMatchObject({ actor: { email: EMAIL, auth: { method: 'jwt' } }, tenant: { id: 'acme' } });
  });
});
