import { createHash } from 'node:crypto';
import { memorySink } from '@whodunit/testing';
import request from 'supertest';
import { library } from './apps/library';
import { expectSound, told, trail } from './lib/trail';

const ADA = 'horse-of-ada-battery';
const BOB = 'horse-of-bob-battery';

const EXPECTED = trail(`
  account.signup  success  user:m-1                       user/m-1    reading-room
  account.signup  failure  anonymous~ada@library.example  user        -
  auth.login      failure  anonymous~ada@library.example  session     -
  auth.login      success  user:m-1                       session     reading-room
  account.signup  success  user:m-2                       user/m-2    reading-room
  loan.create     success  user:m-1                       loan/l-1    reading-room
  loan.create     success  user:m-1                       loan/l-2    reading-room
  loan.renew      success  user:m-1                       loan/l-1    reading-room
  loan.create     failure  user:m-1                       loan        reading-room
  loan.renew      failure  user:m-1                       loan/l-9    reading-room
  loan.create     failure  user:m-1                       loan        reading-room
  loan.delete     denied   user:m-2                       loan/l-1    reading-room
  loan.renew      success  user:m-2                       loan/l-1    reading-room
  loan.create     denied   anonymous                      loan        -
  member.list     denied   user:m-2                       member      reading-room
  loan.renew      success  user:m-2                       loan/l-2    reading-room
  loan.renew      success  user:m-2                       loan/l-2    reading-room
  member.remove   success  user:m-1                       member/m-2  reading-room
  auth.logout     success  user:m-1                       session     reading-room
`);

test('a library behind GraphQL of Nest is told mutation by mutation, as its guards and pipes end them', async () => {
  const sink = memorySink();
  const app = await library([sink]);
  const secrets = [ADA, BOB];
  const post = (body: object, token?: string) => {
    const sent = request(app.getHttpServer()).post('/query').send(body);
    return token === undefined ? sent : sent.set('Authorization', `Bearer ${token}`);
  };
  const ask = async (query: string, token?: string, variables: object = {}) =>
    (await post({ query, variables }, token)).body;
  const keep = (secret: string): string => {
    secrets.push(secret);
    return secret;
  };
  const register = (email: string, password: string) =>
    ask(`mutation { register(email: "${email}", password: "${password}") { accessToken user { id email } } }`);
  const signIn =
    'mutation In($password: String!) { signIn(email: "ada@library.example", password: $password) { accessToken } }';

  keep((await register('ada@library.example', ADA)).data.register.accessToken);
  await register('ada@library.example', BOB);
  await ask(signIn, undefined, { password: BOB });
  const ada = keep((await ask(signIn, undefined, { password: ADA })).data.signIn.accessToken);
  const bob = keep((await register('bob@library.example', BOB)).data.register.accessToken);

  for (let polled = 0; polled < 3; polled++) await ask('{ loans { id title } }', ada);
  await ask('{ __typename }');
  await ask('{ unknown }', ada);
  const three =
    'mutation ($title: String!) { first: createLoan(input: { title: $title }) { id } createLoan(input: { title: "The shore" }) { id } renewLoan(id: "l-1") { id } }';
  await ask(three, ada, { title: 'The sea' });
  await ask('mutation { createLoan(input: { title: "X" }) { id } }', ada);
  await ask('mutation { renewLoan(id: "l-9") { id } createLoan(input: { title: "Never" }) { id } }', ada);
  await ask('mutation { deleteLoan(id: "l-1") renewLoan(id: "l-1") { id } }', bob);
  await ask('mutation { createLoan(input: { title: "Mine" }) { id } }');
  await ask('{ members { id } }', bob);

  const query = 'mutation { renewLoan(id: "l-2") { id } }';
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  await post({ extensions }, bob);
  // Sent whole once; from then on by its hash alone.
  await post({ query, extensions }, bob).expect(200);
  await post({ extensions }, bob).expect(200);
  await ask('mutation { removeMember(memberId: "m-2") }', ada);
  await ask('mutation { signOut }', ada);
  await app.close();

  expect(told(sink.events)).toEqual(EXPECTED);
  expectSound(sink.events, secrets);
});
