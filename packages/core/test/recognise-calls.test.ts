import { type RecogniseInput, type Recognition, recognise } from '../src/pure/recognise/index.js';

function see(request: string, more: Partial<RecogniseInput> = {}): Recognition {
  const [method = '', route = ''] = request.split(' ');
  return recognise({ method, route, ...more });
}

const all = ({ action, also = [] }: Recognition) => [action, ...also.map((each) => each.action)];
const graphql = (query: string, operationName?: string) =>
  see('POST /graphql', { body: { query, ...(operationName === undefined ? {} : { operationName }) } });

describe('GraphQL', () => {
  test.each([
    ['mutation { publishPost(id: 1) { id } archivePost(id: 2) { id } }', ['post.publish', 'post.archive']],
    ['mutation { a: publishPost(id: 1) { id } b: publishPost(id: 2) { id } }', ['post.publish', 'post.publish']],
    ['mutation Go($x: Int = 3) @live { createTag(n: "}{") { id } login(email: "x") }', ['tag.create', 'auth.login']],
    ['mutation { closeTicket(input: { note: """ } deleteUser """ }) { id } }', ['ticket.close']],
    ['mutation { # deleteUser\n closeTicket { id } }', ['ticket.close']],
    ['mutation { ...Both closeTicket { ...Part } } fragment Part on Ticket { deleteUser }', ['ticket.close']],
    ['fragment Part on Ticket { deleteUser } mutation { closeTicket { ...Part } }', ['ticket.close']],
    ['query { tickets { id } me { id } }', ['ticket.list']],
    ['{ deleteUser: tickets { id } }', ['ticket.list']],
    ['subscription { ticketChanged { id } }', ['ticket_changed.list']],
    ['mutation { closeTicket { id }', ['ticket.close']],
    ['mutation { markTicketAsRead(id: 1) }', ['ticket.mark']],
    ['mutation { mark_ticket_solved }', ['ticket.mark']],
    ['mutation { insert_tickets_one { id } }', ['ticket.create']],
    ['mutation { update_tickets_by_pk { id } }', ['ticket.update']],
  ])('%s', (query, actions) => {
    expect(all(graphql(query))).toEqual(actions);
  });

  test('runs the operation that is named', () => {
    const document = 'query A { me { id } } mutation B { logout } mutation C { publishPost { id } archivePost { id } }';
    expect(all(graphql(document, 'B'))).toEqual(['auth.logout']);
    expect(all(graphql(document, 'C'))).toEqual(['post.publish', 'post.archive']);
  });

  test('of a batch of documents, those that write count', () => {
    const body = [
      { query: '{ me { id } }' },
      { query: 'mutation { logout }' },
      { query: 'mutation { closeTicket { id } }' },
    ];
    expect(all(see('POST /graphql', { body }))).toEqual(['auth.logout', 'ticket.close']);
  });

  test.each([
    ['in a fragment', 'mutation { ...A } fragment A on Mutation { deleteUser(id: 1) { id } }'],
    [
      'in fragments of fragments',
      'fragment B on Mutation { deleteUser } mutation { ...A } fragment A on Mutation { ...B }',
    ],
    ['in a fragment without a name', 'mutation { ... on Mutation { ... @include(if: true) { deleteUser } } }'],
    ['behind a comment that a carriage return ends', 'mutation { # { search }\r deleteUser }'],
    ['behind a text with quotes in it', String.raw`mutation { deleteUser(why: "\"} query { me }") { id } }`],
    ['behind a long text with quotes in it', String.raw`mutation { deleteUser(why: """ \""" } { """) { id } }`],
    [
      'behind a fragment that is spread many times',
      `mutation { ${'...A '.repeat(3_000)} ...B } fragment A on M { searchUsers } fragment B on M { deleteUser }`,
    ],
    ['behind an alias of something harmless', 'mutation { ping: deleteUser(id: 1) { id } }'],
    ['behind many fields that only read', `mutation { ${'searchUsers '.repeat(200)} deleteUser }`],
    ['behind much white space', `mutation { ${' '.repeat(30_000)} deleteUser }`],
  ])('names a mutation that hides %s', (_where, query) => {
    expect(all(graphql(query))).toEqual(['user.delete']);
  });

  test('hides no mutation in a crowd: each name comes before any comes twice, and the rest is counted', () => {
    const close = Array.from({ length: 50 }, (_each, at) => `c${at}: closeTicket { id }`);
    const crowd = graphql(`mutation { ${close.join(' ')} deleteUser }`);
    expect(all(crowd)).toContain('user.delete');
    expect(all(crowd)).toHaveLength(20);
    expect(crowd.more).toBe(31);
    const names = (verb: string) => Array.from({ length: 300 }, (_each, at) => `${verb}${at}`).join(' ');
    expect(graphql(`mutation { ${names('pay')} }`).more).toBe(280);
    expect(graphql(`mutation { ${names('searchThing')} deleteUser }`).action).toBe('graphql.execute');
    const batch = Array.from({ length: 1_001 }, () => ({ method: 'x.list' }));
    expect(see('POST /rpc', { body: batch }).action).toBe('rpc.execute');
  });

  test('tells of a document that nobody can read, when a server ran it', () => {
    const unread = { action: 'graphql.execute', event: true, operation: 'execute', varies: true };
    expect(graphql(`mutation { ${' '.repeat(70_000)} deleteUser }`)).toMatchObject(unread);
    expect(see('POST /graphql', { body: { extensions: { persistedQuery: {} } } })).toMatchObject(unread);
    expect(see('POST /graphql', { status: 200 })).toMatchObject(unread);
    expect(all(see('POST /graphql', { body: 'mutation { deleteUser }' }))).toEqual(['user.delete']);
  });

  const doubling = Array.from({ length: 30 }, (_each, at) => `fragment F${at} on M { ...F${at + 1} ...F${at + 1} }`);
  test.each([
    ['fragments that name each other', 'mutation { ...A } fragment A on M { ...B } fragment B on M { ...A x }'],
    ['fragments that double', `mutation { ...F0 } ${doubling.join(' ')} fragment F30 on M { ...None }`],
    ['very deep fragments', `mutation { ${'... { '.repeat(10_000)} deleteUser`],
    ['open braces', '{'.repeat(60_000)],
    ['open texts', '"""'.repeat(20_000)],
    ['quotes', '"'.repeat(60_000)],
    ['backslashes', `"""${String.raw`\"`.repeat(20_000)}`],
  ])('is quick with a document of %s', (_what, query) => {
    const started = performance.now();
    graphql(query);
    expect(performance.now() - started).toBeLessThan(500);
  });

  test.each(['system.ping', 'healthCheck'])('%s by JSON-RPC is silent', (method) => {
    expect(see('POST /rpc', { body: { method } }).event).toBe(false);
  });

  test('says where each of them stands in body and answer', () => {
    const query = 'mutation { a: publishPost(id: 1) { id } archivePost(id: 2) { id } }';
    const places = ({ call, also = [] }: Recognition) => [call, ...also.map((each) => each.call)];
    expect(places(graphql(query))).toEqual([
      { protocol: 'graphql', key: 'a' },
      { protocol: 'graphql', key: 'archivePost' },
    ]);
    expect(places(see('POST /graphql', { body: [{ query: '{ me { id } }' }, { query }] }))).toMatchObject([
      { at: 1, key: 'a' },
      { at: 1, key: 'archivePost' },
    ]);
    expect(places(see('POST /trpc/post.list,post.publish'))).toEqual([{ protocol: 'trpc', at: 1 }]);
    expect(places(see('POST /trpc/post.publish'))).toEqual([{ protocol: 'trpc' }]);
    expect(places(see('POST /rpc', { body: [{ method: 'x.get' }, { method: 'x.put' }] }))).toEqual([
      { protocol: 'json-rpc', at: 1 },
    ]);
  });

  test('names at most twenty mutations of one request, however many there are', () => {
    const close = Array.from({ length: 200 }, (_each, at) => `c${at}: closeTicket { id }`);
    const many = graphql(`mutation { ${close.join(' ')} }`);
    expect(all(many)).toHaveLength(20);
    expect(Object.isFrozen(many.also)).toBe(true);
  });
});

describe('batches', () => {
  test.each([
    ['POST /trpc/order.cancel,order.notify', ['order.cancel', 'order.notify']],
    ['POST /api/trpc/post.list,post.publish', ['post.publish']],
    ['GET /api/trpc/post.list,user.byId', ['post.list']],
    ['POST /trpc/order.cancel', ['order.cancel']],
  ])('tRPC %s', (request, actions) => {
    expect(all(see(request))).toEqual(actions);
  });

  test('JSON-RPC', () => {
    const body = [
      { jsonrpc: '2.0', method: 'orders.list' },
      { jsonrpc: '2.0', method: 'orders.refund' },
      { jsonrpc: '2.0', method: 'deleteUser' },
    ];
    expect(all(see('POST /rpc', { body }))).toEqual(['order.refund', 'user.delete']);
  });
});

test('a body that calls itself JSON-RPC is believed only where nothing else is meant', () => {
  const body = { jsonrpc: '2.0', method: 'x.list', email: 'jane@example.com' };
  expect(see('POST /login', { body }).action).toBe('auth.login');
  expect(see('POST /orders', { body }).action).toBe('order.create');
  expect(see('POST /', { body }).action).toBe('x.list');
  const many = [...Array.from({ length: 50 }, () => ({ method: 'x.list' })), { method: 'user.delete' }];
  expect(see('POST /rpc', { body: many }).action).toBe('user.delete');
});

describe('JSON:API', () => {
  test.each([
    ['POST /articles', 'article.create', 'article', undefined],
    ['PATCH /articles/:id', 'article.update', 'article', 'id'],
    ['PATCH /articles/:id/relationships/author', 'author.update', 'author', undefined],
    ['POST /articles/:id/relationships/tags', 'tag.create', 'tag', undefined],
    ['DELETE /articles/:id/relationships/tags', 'tag.delete', 'tag', undefined],
    ['GET /articles/:id/relationships/tags', 'tag.list', 'tag', undefined],
  ])('%s', (request, action, resource, idParam) => {
    const seen = see(request, { contentType: 'application/vnd.api+json' });
    expect(seen).toMatchObject({ action, resource });
    expect(seen.idParam).toBe(idParam);
  });

  test('a relationship has its resource as the parent', () => {
    expect(see('PATCH /articles/:id/relationships/author').parent).toEqual({ type: 'article', param: 'id' });
  });

  test('attributes are what the body brings', () => {
    const body = { data: { type: 'users', attributes: { password: 'x' } } };
    expect(see('PATCH /users/:id', { body, bodyKeys: ['data'] }).action).toBe('account.password_change');
  });
});

describe('wrapped bodies', () => {
  test('the names inside a wrapping count', () => {
    const body = { user: { current_password: 'x', new_password: 'y' } };
    expect(see('PUT /user', { body, bodyKeys: ['user'] }).action).toBe('account.password_change');
    expect(see('PUT /user', { body: { user: { bio: 'x' } }, bodyKeys: ['user'] }).action).toBe('account.update');
  });

  test('a body that cannot be looked into is read by its own names', () => {
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    expect(see('PUT /user', { body: { user: trap }, bodyKeys: ['user'] }).action).toBe('account.update');
    expect(see('PUT /user', { body: { user: [] }, bodyKeys: ['password'] }).action).toBe('account.password_change');
  });
});

describe('a PUT', () => {
  test('that was answered 201 has created what it names', () => {
    expect(see('PUT /rooms/:name', { status: 201 })).toMatchObject({
      action: 'room.create',
      idParam: 'name',
      varies: true,
    });
    expect(see('PUT /rooms/:name', { status: 200 }).action).toBe('room.update');
    expect(see('PUT /teams/:id/members/:user', { status: 201 }).action).toBe('member.add');
    expect(see('PUT /rooms/:name/archive', { status: 201 }).action).toBe('room.archive');
    expect(see('PATCH /rooms/:name', { status: 201 }).action).toBe('room.update');
  });
});
