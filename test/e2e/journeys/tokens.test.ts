import { memorySink } from '@whodunit/testing';
import request from 'supertest';
import { warehouse } from './apps/warehouse';
import { expectSound, told, trail } from './lib/trail';

const PASSWORDS = { ada: 'horse-of-ada-battery', bob: 'horse-of-bob-battery', eve: 'horse-of-eve-battery' };

const EXPECTED = trail(`
  account.signup        success  user:u-1                          user/u-1          acme
  account.signup        failure  anonymous~ada@acme.example        user              -
  account.signup        success  user:u-2                          user/u-2          globex
  auth.login            failure  anonymous~ada@acme.example        session           -
  auth.login            success  user:u-1                          session           acme
  item.create           success  user:u-1                          item/1            acme
  item.create           failure  user:u-1                          item              acme
  item.update           success  user:u-1                          item/1            acme
  item.update           failure  user:u-1                          item/99           acme
  item.restock          success  user:u-1                          item/1            acme
  item.update           denied   anonymous                         item/1            acme
  member.invite         success  user:u-1                          invitation/i-1    acme
  member.invite         success  user:u-1                          invitation/i-2    acme
  member.invite_revoke  success  user:u-1                          invitation/i-2    acme
  member.invite_accept  success  user:u-3                          invitation/#      acme
  member.invite_accept  failure  anonymous                         invitation/#      -
  item.delete           denied   user:u-3                          item/1            acme
  member.invite         denied   user:u-3                          invitation        acme
  role.assign           success  user:u-1                          user/u-3          acme
  role.assign           failure  user:u-1                          user/u-77         acme
  item.update           denied   user:u-2                          item/1            globex
  item.read             denied   user:u-2                          item/1            globex
  token.create          success  user:u-1                          api_key/k-1       acme
  item.create           success  apiKey:k-1                        item/2            acme
  member.invite         denied   apiKey:k-1                        invitation        acme
  token.revoke          success  user:u-1                          api_key/k-1       acme
  item.create           denied   anonymous                         item              acme
  item.export           success  user:u-1                          item              acme
  item.import           success  user:u-1                          item              acme
  member.remove         success  user:u-1                          member/u-3        acme
  item.delete           success  user:u-1                          item/1            acme
  item.update           denied   anonymous                         item/1            acme  +1
`);

test.each(['before', 'after'] as const)(
  'an API of two customers, and audit %s its parser, is told as an auditor of each would ask',
  async (order) => {
    const sink = memorySink();
    const { app, invitations, close } = warehouse([sink], order);
    const secrets: string[] = [];
    const call = (method: 'get' | 'post' | 'put' | 'patch' | 'delete', path: string, token?: string) => {
      const sent = request(app)[method](`/api/v1${path}`);
      return token === undefined ? sent : sent.set('Authorization', `Bearer ${token}`);
    };
    const keep = (secret: unknown): string => {
      secrets.push(String(secret));
      return String(secret);
    };
    const register = (email: string, password: string, organization: string) =>
      call('post', '/auth/register').send({ email, password, organization });

    await request(app).get('/health').expect(200);
    await request(app).options('/api/v1/orgs/acme/items').set('Origin', 'https://shop.example').expect(204);
    await register('ada@acme.example', PASSWORDS.ada, 'acme').expect(201);
    await register('ada@acme.example', PASSWORDS.eve, 'acme').expect(409);
    const eve = keep((await register('eve@globex.example', PASSWORDS.eve, 'globex').expect(201)).body.token);
    const wrong = { email: 'ada@acme.example', password: PASSWORDS.eve };
    await call('post', '/auth/login').send(wrong).expect(401);
    const right = { email: 'ada@acme.example', password: PASSWORDS.ada };
    const session = (await call('post', '/auth/login').send(right).expect(200)).body;
    const ada = keep(session.accessToken);
    await call('post', '/auth/refresh')
      .send({ refreshToken: keep(session.refreshToken) })
      .expect(200);

    const acme = '/orgs/acme';
    await call('post', `${acme}/items`, ada).send({ name: 'Bolts' }).expect(201);
    await call('post', `${acme}/items`, ada).send({ title: 'Nuts' }).expect(422);
    for (let polled = 0; polled < 3; polled++) await call('get', `${acme}/items`, ada).expect(200);
    await call('post', `${acme}/items/search`, ada).send({ q: 'bolt' }).expect(200);
    await call('patch', `${acme}/items/1`, ada).send({ name: 'Long bolts' }).expect(204);
    await call('patch', `${acme}/items/1`, ada).send({}).expect(204);
    await call('patch', `${acme}/items/99`, ada).send({ name: 'Nothing' }).expect(404);
    await call('post', `${acme}/items/1/restock`, ada).send({ amount: 7 }).expect(200);
    await call('patch', `${acme}/items/1`).send({ name: 'Mine' }).expect(401);
    await call('patch', `${acme}/items/1`, keep(`${ada.slice(0, -8)}AAAAAAAA`))
      .send({ name: 'Mine' })
      .expect(401);

    await call('post', `${acme}/invitations`, ada).send({ email: 'bob@acme.example', role: 'staff' }).expect(201);
    await call('post', `${acme}/invitations`, ada).send({ email: 'mel@acme.example', role: 'staff' }).expect(201);
    const [first, second] = invitations.map(({ token }) => keep(token));
    await call('delete', `${acme}/invitations/i-2`, ada).expect(204);
    const welcome = { name: 'Bob', password: PASSWORDS.bob };
    const bob = keep((await call('post', `/invitations/${first}/accept`).send(welcome).expect(201)).body.token);
    await call('post', `/invitations/${second}/accept`).send(welcome).expect(410);
    await call('delete', `${acme}/items/1`, bob).expect(403);
    await call('post', `${acme}/invitations`, bob).send({ email: 'zoe@acme.example' }).expect(403);
    await call('put', `${acme}/members/u-3/role`, ada).send({ role: 'admin' }).expect(200);
    await call('put', `${acme}/members/u-77/role`, ada).send({ role: 'admin' }).expect(404);
    await call('patch', `${acme}/items/1`, eve).send({ name: 'Ours' }).expect(403);
    await call('get', `${acme}/items/1`, eve).expect(403);

    const made = await call('post', `${acme}/api-keys`, ada).send({ name: 'Robot' }).expect(201);
    const key = keep(made.body.key);
    const byKey = (path: string) => call('post', path).set('X-Api-Key', key);
    await byKey(`${acme}/items`).send({ name: 'Screws' }).expect(201);
    await byKey(`${acme}/invitations`).send({ email: 'zoe@acme.example' }).expect(403);
    await call('delete', `${acme}/api-keys/k-1`, ada).expect(204);
    await byKey(`${acme}/items`).send({ name: 'Nails' }).expect(401);
    await call('get', `${acme}/items/export.csv`, ada).expect(200);
    await call('post', `${acme}/items/import`, ada)
      .send({ rows: [{ name: 'Glue' }] })
      .expect(202);
    await call('delete', `${acme}/members/u-3`, ada).expect(204);
    await call('delete', `${acme}/items/1`, ada).expect(204);
    await close();

    expect(told(sink.events)).toEqual(EXPECTED);
    expectSound(sink.events, [...Object.values(PASSWORDS), ...secrets]);
  },
);
