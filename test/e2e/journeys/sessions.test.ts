import { createHash } from 'node:crypto';
import { memorySink } from '@whodunit/testing';
import request from 'supertest';
import { controlRoom } from './apps/control-room';
import { expectSound, told, trail } from './lib/trail';

const ADA = { id: 1, email: 'ada@room.example', password: 'horse-of-ada-battery' };
const WRONG = 'horse-of-eve-battery';
const OPENED = 'session-of-another-browser-0001';
const LINK = 'f00dfacef00dfacef00d';
const tag = createHash('sha256').update(OPENED).digest('hex').slice(0, 16);

const EXPECTED = trail(`
  order.update             denied   anonymous                   order/5          -
  auth.login               failure  anonymous~ada@room.example  session          -
  auth.login               success  user:1                      session          acme
  account.update           success  user:1                      user/1           acme
  account.update           success  user:1                      user/1           acme
  account.password_change  success  user:1                      user/1           acme
  account.mfa_enable       success  user:1                      user/1           acme
  account.mfa_disable      success  user:1                      user/1           acme
  setting.update           success  user:1                      setting          acme
  theme.update             success  user:1                      theme            acme
  order.update             success  user:1                      order/5          acme
  note.update              success  user:1                      note             acme
  order.mark_paid          success  user:1                      order/5          acme
  order.share              success  user:1                      order/5          acme
  order.delete             success  user:1                      order            acme
  order.restore            success  user:1                      order/5          acme
  order.import             success  user:1                      order            acme
  notification.mark_read   success  user:1                      notification     acme
  notification.mark_read   success  user:1                      notification/9   acme
  account.lock             success  user:1                      user/3           acme
  role.assign              success  user:1                      user/3           acme
  role.revoke              success  user:1                      user/3           acme
  member.add               success  user:1                      member/3         acme
  auth.logout              success  user:1                      session/#        acme
  auth.impersonate         success  user:1                      user/3           acme
  order.update             success  user:1                      order/6          acme
  auth.impersonate_stop    success  user:1                      user/3           acme
  order.update             success  user:1                      order/7          acme
  auth.logout              success  user:1                      session          acme
  auth.login               failure  anonymous                   session          -
  auth.login               success  user:2                      session          acme
  auth.logout              success  user:2                      session          acme
  auth.login               success  user:3                      session          acme
  auth.logout              success  user:3                      session          acme
  member.invite_accept     success  user:4                      invitation/#     acme
  account.delete           success  user:4                      user/4           acme
  auth.login               success  anonymous~ada@room.example  session          -
  auth.login               failure  anonymous~ada@room.example  session          -
`);

test('a control room with sessions made by hand is told, links of mails and impersonation included', async () => {
  const sink = memorySink();
  const { app, close } = controlRoom([sink], [ADA]);
  const agent = request.agent(app);
  const send = (method: 'post' | 'put' | 'patch' | 'delete', path: string, body?: object) =>
    agent[method](`/api${path}`).send(body);

  await agent.get('/status').expect(200);
  await agent.options('/auth/google').expect(200);
  await send('patch', '/orders/5', { size: 1 }).expect(401);
  await send('post', '/login', { email: ADA.email, password: WRONG }).expect(200);
  const signedIn = await send('post', '/login', { email: ADA.email, password: ADA.password }).expect(200);
  await send('post', '/heartbeat');
  await send('post', '/orders/preview', { size: 2 });
  await send('post', '/coupons/check-code', { code: 'SPRING' });
  await send('patch', '/me', {});

  await send('patch', '/me', { name: 'Ada', id: 99 });
  await send('post', '/change-email', { email: 'ada@other.example' });
  await send('patch', '/me', { currentPassword: ADA.password, password: WRONG });
  await send('post', '/account/mfa/enable', { code: '271828' });
  await send('delete', '/account/mfa');
  await send('put', '/settings', { zone: 'UTC' });
  await send('put', '/profile/theme', { theme: 'dark' });
  await send('patch', '/orders/5', { size: 2 });
  await send('patch', '/orders/5/note', { text: 'Fragile' });
  await send('put', '/orders/5/mark-as-paid');
  await send('post', '/orders/5/share', { with: 'bob@room.example' });
  await send('post', '/orders/bulk-delete', { ids: [5, 6] });
  await send('post', '/orders/5/restore');
  await send('post', '/orders/import', { rows: [{ size: 1 }] });
  await send('post', '/notifications/mark-all-read');
  await send('post', '/notifications/9/read');
  await send('post', '/users/3/lock');
  await send('post', '/users/3/roles', { role: 'auditor' });
  await send('delete', '/users/3/roles/auditor');
  await send('post', '/teams/9/members', { userId: 3 });
  await send('delete', `/sessions/${OPENED}`).expect(204);
  await send('post', '/admin/users/3/impersonate');
  await send('patch', '/orders/6', { size: 3 });
  await send('post', '/admin/stop-impersonating');
  await send('patch', '/orders/7', { size: 3 });
  await agent.get('/logout').expect(302);

  await agent.get('/auth/google').expect(302);
  await agent.get('/auth/google/callback?error=access_denied').expect(302);
  await agent.get('/auth/google/callback?code=4711').expect(302);
  await agent.get('/logout').expect(302);
  await agent.get(`/magic-link/${LINK}`).expect(302);
  await agent.get('/logout').expect(302);
  await agent.get(`/invitations/${LINK}/accept`).expect(302);
  await send('delete', '/me').expect(204);
  const token = (body: object) => request(app).post('/oauth/token').send(body);
  const granted = await token({ grant_type: 'password', username: ADA.email, password: ADA.password }).expect(200);
  await token({ grant_type: 'password', username: ADA.email, password: WRONG }).expect(400);
  await token({ grant_type: 'refresh_token', refresh_token: 'opaque-refresh-token-0001' }).expect(200);
  await close();

  expect(told(sink.events)).toEqual(EXPECTED);
  const cookie = /connect\.sid=([^;]+)/.exec(String(signedIn.headers['set-cookie']))?.[1] ?? '';
  const secrets = [ADA.password, WRONG, OPENED, LINK, cookie, granted.body.access_token, 'opaque-refresh-token-0001'];
  expectSound(sink.events, secrets);
  expect(
    sink.events.find(({ resource }) => resource?.type === 'session' && resource.id !== undefined)?.resource?.id,
  ).toBe(`sha256:${tag}`);
  const impersonated = sink.events.find(({ resource }) => resource?.id === '6');
  expect(impersonated?.actor).toMatchObject({ id: '1', onBehalfOf: { id: '3' } });
});
