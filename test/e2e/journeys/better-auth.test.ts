import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent } from '@whodunit/core';
import request from 'supertest';
import { expectSound, told, trail } from './lib/trail';

const ADA = 'horse-of-ada-battery';
const NEW = 'horse-of-ada-renewed';
const LAST = 'horse-of-ada-restored';
const BOB = 'horse-of-bob-battery';

const EXPECTED = trail(`
  account.signup           success  user:user-1                   user/user-1                  -
  account.signup           failure  anonymous~ada@studio.example  user                         -
  auth.login               failure  anonymous~ada@studio.example  session                      -
  auth.login               success  user:user-1                   session                      -
  organization.create      success  user:user-1                   organization/organization-1  -
  organization.set_active  success  user:user-1                   organization/organization-1  organization-1
  film.create              success  user:user-1                   film/film-1                  organization-1
  member.invite            success  user:user-1                   invitation/invitation-1      organization-1
  member.invite            success  user:user-1                   invitation/invitation-2      organization-1
  member.invite_revoke     success  user:user-1                   invitation/invitation-2      organization-1
  account.signup           success  user:user-2                   user/user-2                  -
  account.verify           success  user:user-2                   user/user-2                  -
  member.invite_accept     failure  user:user-2                   invitation/invitation-9      -
  member.invite_accept     success  user:user-2                   invitation/invitation-1      organization-1
  member.invite            denied   user:user-2                   invitation                   organization-1
  role.assign              success  user:user-1                   member/member-2              organization-1
  member.remove            success  user:user-1                   member/member-2              organization-1
  account.password_change  failure  user:user-1                   user/user-1                  organization-1
  account.password_change  success  user:user-1                   user/user-1                  organization-1
  account.password_forgot  success  anonymous~ada@studio.example  user                         -
  account.password_reset   failure  anonymous                     user                         -
  account.password_reset   success  anonymous                     user                         -
  film.delete              success  user:user-1                   film/film-1                  organization-1
  auth.logout              success  user:user-1                   session                      organization-1
  film.create              denied   anonymous                     film                         -
`);

let folder: string;
let child: ChildProcess;

beforeAll(() => {
  // The process loads what is built.
  execFileSync(process.execPath, [join(__dirname, '../../tools/build.mjs')]);
  folder = mkdtempSync(join(tmpdir(), 'journey-'));
}, 180_000);

afterAll(() => {
  child.kill();
  rmSync(folder, { recursive: true });
});

test('a studio with better-auth and organizations is told from signup to logout', async () => {
  const file = join(folder, 'audit.ndjson');
  child = fork(join(__dirname, 'apps/studio.mjs'), [file], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const mails: string[] = [];
  child.on('message', (message: { readonly mailed?: string }) => {
    if (message.mailed !== undefined) mails.push(message.mailed);
  });
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }];
  const agent = () => request.agent(`http://127.0.0.1:${port}`).set('Origin', 'http://studio.example');
  const [ada, bob, nobody] = [agent(), agent(), agent()];
  const post = (who: typeof ada, path: string, body: object = {}) => who.post(`/api/auth${path}`).send(body);
  const account = { name: 'Ada', email: 'ada@studio.example', password: ADA };

  await nobody.get('/healthz').expect(200);
  await nobody.get('/api/auth/ok').expect(200);
  const signedUp = await post(nobody, '/sign-up/email', account).expect(200);
  await post(agent(), '/sign-up/email', { ...account, password: BOB }).expect(422);
  await post(ada, '/sign-in/email', { email: account.email, password: BOB }).expect(401);
  const signedIn = await post(ada, '/sign-in/email', { email: account.email, password: ADA }).expect(200);
  for (let polled = 0; polled < 3; polled++) await ada.get('/api/auth/get-session').expect(200);

  await post(ada, '/organization/check-slug', { slug: 'north' }).expect(200);
  await post(ada, '/organization/create', { name: 'North', slug: 'north' }).expect(200);
  const organizationId = 'organization-1';
  await post(ada, '/organization/set-active', { organizationId }).expect(200);
  await ada.get('/api/auth/organization/list').expect(200);
  await ada.post('/api/films').send({ title: 'The sea' }).expect(201);
  await ada.get('/api/films').expect(200);
  await post(ada, '/organization/invite-member', { email: 'bob@studio.example', role: 'member' }).expect(200);
  await post(ada, '/organization/invite-member', { email: 'mel@studio.example', role: 'member' }).expect(200);
  await post(ada, '/organization/cancel-invitation', { invitationId: 'invitation-2' }).expect(200);

  await post(bob, '/sign-up/email', { name: 'Bob', email: 'bob@studio.example', password: BOB }).expect(200);
  const verification = mails.at(-1) ?? '';
  await bob.get(`/api/auth/verify-email?token=${verification}`).expect(200);
  await post(bob, '/organization/accept-invitation', { invitationId: 'invitation-9' }).expect(400);
  await post(bob, '/organization/accept-invitation', { invitationId: 'invitation-1' }).expect(200);
  await post(bob, '/organization/invite-member', { email: 'zoe@studio.example', role: 'member', organizationId });
  await post(ada, '/organization/update-member-role', { memberId: 'member-2', role: 'admin' }).expect(200);
  await post(ada, '/organization/remove-member', { memberIdOrEmail: 'member-2' }).expect(200);

  await post(ada, '/change-password', { currentPassword: BOB, newPassword: NEW }).expect(400);
  await post(ada, '/change-password', { currentPassword: ADA, newPassword: NEW }).expect(200);
  await post(agent(), '/request-password-reset', { email: account.email }).expect(200);
  await post(agent(), '/reset-password', { newPassword: LAST, token: 'of-another-time' }).expect(400);
  const token = mails.at(-1) ?? '';
  await post(agent(), '/reset-password', { newPassword: LAST, token }).expect(200);
  await ada.delete('/api/films/film-1').expect(204);
  await post(ada, '/sign-out').expect(200);
  await ada.post('/api/films').send({ title: 'The shore' }).expect(401);
  child.send('stop');
  await once(child, 'exit');

  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const events = lines.map((line) => JSON.parse(line) as AuditEvent);
  expect(told(events)).toEqual(EXPECTED);
  const cookies = String(signedIn.headers['set-cookie']).match(/(?<=session_token=)[^;.%]+/g) ?? [];
  expectSound(events, [ADA, NEW, LAST, BOB, verification, token, ...cookies, signedUp.body.token, signedIn.body.token]);
});
