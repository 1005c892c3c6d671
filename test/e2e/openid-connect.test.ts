import type { AuditEvent } from '@whodunit/core';
import { Browser } from './support/browser';
import { startApp, stopApps } from './support/running-app';

afterEach(stopApps);

const brief = ({ action, actor, outcome, resource }: AuditEvent) =>
  [action, outcome, actor.type, actor.id ?? actor.claimed ?? '-', resource?.id ?? '-'].join(' ');

const SECRETS = /eyJ|secret-of-the-shop|code=/;

describe.each(['before', 'after'])('with audit mounted %s auth', (order) => {
  test('express-openid-connect: from the login at the provider to the logout', async () => {
    const app = await startApp('openid-connect', order);
    const { shop = '' } = app.said;
    const browser = new Browser();
    const update = async (id: string) => (await browser.send(`${shop}/projects/${id}`, { method: 'PUT' })).status;

    expect(await update('7')).toBe(401);
    // The provider asks who it is, then whether the shop may know.
    const form = await browser.get(`${shop}/login`);
    const consent = await browser.submit(form.url, { prompt: 'login', login: 'u-1', password: 'any' });
    const home = await browser.submit(consent.url, { prompt: 'consent' });
    expect(home.url).toBe(`${shop}/`);
    expect(await update('7')).toBe(200);
    expect(await update('forbidden')).toBe(403);
    await browser.get(`${shop}/logout`);
    expect(await update('7')).toBe(401);
    await browser.get(`${shop}/callback?error=access_denied&state=x`);

    const events = await app.events();
    expect(events.map((event) => JSON.stringify(event)).join()).not.toMatch(SECRETS);
    const trail = [
      'project.update denied anonymous - 7',
      'auth.login success user u-1 -',
      'project.update success user u-1 7',
      'project.update denied user u-1 forbidden',
      'auth.logout success user u-1 -',
      'auth.login failure anonymous - -',
      // Refused as the first time: counted, and told when the auditor closes.
      'project.update denied anonymous - 7',
    ];
    // The library answers its own routes, so whoever comes after it never sees them.
    expect(events.map(brief)).toEqual(order === 'before' ? trail : trail.filter((each) => !each.startsWith('auth.')));
    for (const { actor, tenant } of events.filter((event) => event.actor.type === 'user')) {
      expect(actor).toMatchObject({ name: 'Jane', email: 'jane@example.com', auth: { method: 'oidc' } });
      expect(tenant).toEqual({ id: 'acme', name: 'Acme' });
    }
  });
});

test('express-oauth2-jwt-bearer: a client with a token of the provider is a service', async () => {
  const app = await startApp('openid-connect', 'before');
  const { api = '', clientSecret = '', provider = '' } = app.said;
  const answer = await fetch(`${provider}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`billing:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'projects' }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const as = (bearer: string, id: string) =>
    fetch(`${api}/projects/${id}`, { method: 'PUT', headers: { authorization: `Bearer ${bearer}` } });
  expect((await as(token, '7')).status).toBe(200);
  expect((await as(token, 'forbidden')).status).toBe(403);
  expect((await as(`${token}x`, '7')).status).toBe(401);
  const events = await app.events();
  expect(events.map((event) => JSON.stringify(event)).join()).not.toMatch(SECRETS);
  expect(events.map(brief)).toEqual([
    'project.update success service billing 7',
    'project.update denied service billing forbidden',
    'project.update denied anonymous - 7',
  ]);
  expect(events[0]?.tenant).toEqual({ id: 'acme' });
});
