import { createHash } from 'node:crypto';
import { memorySink } from '@whodunit/testing';
import request from 'supertest';
import { type GraphqlServer, helpdesk } from './apps/helpdesk';
import { expectSound, told, trail } from './lib/trail';

const ADA = 'horse-of-ada-battery';
const NEW = 'horse-of-ada-renewed';
const BOB = 'horse-of-bob-battery';

const EXPECTED = trail(`
  account.signup           success  user:u-1                    user/u-1        acme
  account.signup           failure  anonymous~ada@acme.example  user            -
  auth.login               failure  anonymous~ada@acme.example  session         -
  auth.login               success  user:u-1                    session         acme
  ticket.create            success  user:u-1                    ticket/t-1      acme
  ticket.create            success  user:u-1                    ticket/t-2      acme
  ticket.close             success  user:u-1                    ticket/t-1      acme
  ticket.close             failure  user:u-1                    ticket/t-1      acme
  ticket.update            success  user:u-1                    ticket/t-2      acme
  ticket.update            failure  user:u-1                    ticket/t-9      acme
  ticket.create            denied   anonymous                   ticket          -
  member.invite            success  user:u-1                    invitation/i-1  acme
  member.invite_accept     success  user:u-2                    invitation      acme
  ticket.delete            denied   user:u-2                    ticket/t-2      acme
  ticket.create            success  user:u-2                    ticket/t-3      acme
  agent.list               denied   user:u-2                    agent           acme
  role.assign              success  user:u-1                    user/u-2        acme
  role.assign              failure  user:u-1                    user/u-7        acme
  token.create             success  user:u-1                    api_token/k-1   acme
  token.revoke             success  user:u-1                    api_token/k-1   acme
  account.password_forgot  success  anonymous~ada@acme.example  user            -
  account.password_change  failure  user:u-1                    user/u-1        acme
  account.password_change  success  user:u-1                    user/u-1        acme
  ticket.delete            success  user:u-1                    ticket/t-2      acme
  ticket.delete            success  user:u-1                    ticket/t-3      acme
  auth.logout              success  user:u-1                    session         acme
`);

/** What only Apollo does: documents that are sent once, and called by their hash. */
const PERSISTED = trail(`
  ticket.close             success  user:u-2                    ticket/t-3      acme
  ticket.close             failure  user:u-2                    ticket/t-3      acme
`);

test.each<GraphqlServer>(['Apollo', 'graphql-http'])(
  'a helpdesk behind GraphQL by %s is told mutation by mutation, with the outcome of each field',
  async (server) => {
    const sink = memorySink();
    const { app, close, invited } = await helpdesk([sink], server);
    const secrets = [ADA, NEW, BOB];
    const keep = (secret: unknown): string => {
      secrets.push(String(secret));
      return String(secret);
    };
    const post = (body: object, token?: string) => {
      const sent = request(app).post('/graphql').send(body);
      return token === undefined ? sent : sent.set('Authorization', `Bearer ${token}`);
    };
    const ask = async (query: string, variables: object = {}, token?: string) =>
      (await post({ query, variables }, token).expect(200)).body.data;

    await request(app).get('/health').expect(200);
    await request(app).options('/graphql').set('Origin', 'https://desk.example');
    const signUp =
      'mutation Join($email: String!, $password: String!) { session: signUp(email: $email, password: $password, tenant: "acme") { token agent { id tenantId } } }';
    keep((await ask(signUp, { email: 'ada@acme.example', password: ADA })).session.token);
    await ask(signUp, { email: 'ada@acme.example', password: BOB });
    const login = 'mutation ($password: String!) { login(email: "ada@acme.example", password: $password) { token } }';
    await ask(login, { password: BOB });
    const ada = keep((await ask(login, { password: ADA })).login.token);
    await ask('mutation ($token: String!) { refreshToken(token: $token) }', { token: ada }, ada);

    for (let polled = 0; polled < 3; polled++) await ask('{ tickets { id } me { id } }', {}, ada);
    await ask('query Find($state: String) { tickets(state: $state) { id title } }', { state: 'open' }, ada);
    await ask('{ __schema { queryType { name } } }');
    await ask(
      `mutation ($more: TicketInput!) {
        first: createTicket(input: { title: "No light", note: "} deleteTicket {" }) { id }
        second: createTicket(input: $more) { id }
        closeTicket(ticketId: "t-1") { ticket { state } userErrors { message } }
      }`,
      { more: { title: 'No water' } },
      ada,
    );
    await ask('mutation { closeTicket(ticketId: "t-1") { userErrors { message } } }', {}, ada);
    const update = 'mutation ($id: ID!) { updateTicket(id: $id, input: { title: "Dry" }) { id } }';
    await ask(update, { id: 't-2' }, ada);
    await ask(update, { id: 't-9' }, ada);
    await ask('mutation { createTicket(input: { title: "Spam" }) { id } }');

    await ask('mutation { inviteAgent(email: "bob@acme.example") { id } }', {}, ada);
    const accept =
      'mutation ($token: String!, $password: String!) { acceptInvitation(token: $token, password: $password) { token agent { id email tenantId } } }';
    const bob = keep((await ask(accept, { token: keep(invited[0]), password: BOB })).acceptInvitation.token);
    await ask('mutation { deleteTicket(id: "t-2") createTicket(input: { title: "Noise" }) { id } }', {}, bob);
    await ask('{ agents { id } }', {}, bob);
    await ask('mutation { assignRole(userId: "u-2", role: "admin") { id } }', {}, ada);
    await ask('mutation { assignRole(userId: "u-7", role: "admin") { id } }', {}, ada);
    keep((await ask('mutation { createApiToken(name: "Robot") { id secret } }', {}, ada)).createApiToken.secret);
    await ask('mutation { revokeApiToken(id: "k-1") }', {}, ada);
    await ask('mutation { requestPasswordReset(email: "ada@acme.example") }');
    const change = 'mutation ($old: String!) { changePassword(old: $old, new: "horse-of-ada-renewed") }';
    await ask(change, { old: BOB }, ada);
    await ask(change, { old: ADA }, ada);
    const batch = ['mutation { deleteTicket(id: "t-2") }', '{ me { id } }', 'mutation { deleteTicket(id: "t-3") }'];
    const documents = batch.map((query) => ({ query }));
    if (server === 'Apollo') await post(documents, ada).expect(200);
    else for (const document of documents) await post(document, ada).expect(200);
    if (server === 'Apollo') {
      const query = 'mutation GetTickets { closeTicket(ticketId: "t-3") { userErrors { message } } }';
      const extensions = {
        persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') },
      };
      await post({ extensions, operationName: 'GetTickets' }, bob);
      await post({ query, extensions }, bob).expect(200);
      // By its hash alone, under a name that sounds harmless.
      await post({ extensions, operationName: 'GetTickets' }, bob).expect(200);
    }
    await ask('mutation { logout }', {}, ada);
    await close();

    expect(told(sink.events)).toEqual(server === 'Apollo' ? EXPECTED.toSpliced(-1, 0, ...PERSISTED) : EXPECTED);
    expectSound(sink.events, secrets);
    const [first, second, third] = sink.events.slice(4, 7);
    expect([first?.parent, second?.parent, third?.parent]).toEqual([undefined, first?.id, first?.id]);
    expect(new Set([first, second, third].map((event) => event?.request?.id)).size).toBe(1);
  },
);
