import { type RecogniseInput, recognise } from '../src/pure/recognise/index.js';

/** What `capture.why` says to a developer who wonders about the name of an event. */
const WHY: readonly (readonly [request: string, why: string, more?: Partial<RecogniseInput>])[] = [
  ['GET /orders', 'GET /orders asks for many'],
  ['HEAD /orders/:id', 'HEAD /orders/:id asks for one'],
  ['GET /orders.csv', 'GET /orders.csv is an export'],
  ['GET /files/:id/download', 'GET /files/:id/download is a download'],
  ['POST /orders', 'POST /orders creates'],
  ['PATCH /orders/:id', 'PATCH /orders/:id updates'],
  ['POST /orders/:id', 'POST /orders/:id names one: it updates'],
  ['POST /shop/settings', 'POST /shop/settings sets the only one'],
  ['PUT /orders/:id', 'PUT /orders/:id was answered 201: it created', { status: 201 }],
  ['DELETE /orders/:id', 'DELETE /orders/:id deletes'],
  ['POST /orders/:id', 'DELETE /orders/:id deletes', { body: { _method: 'delete' } }],
  ['DELETE /me', "DELETE /me deletes one's own account"],
  ['PATCH /profile', "PATCH /profile updates one's own account"],
  ['POST /orders/:id/refund', 'POST /orders/:id/refund says refund'],
  ['POST /orders/:id/sendReceipt', 'POST /orders/:id/sendReceipt says send receipt'],
  ['DELETE /posts/:id/star', 'DELETE /posts/:id/star means unstar'],
  ['POST /orders/search', 'POST /orders/search says search: it only reads'],
  ['POST /orders/by-ids', 'POST /orders/by-ids asks for what it names'],
  ['POST /statistics/orders', 'POST /statistics/orders asks a question'],
  ['POST /files/:id/content', 'POST /files/:id/content takes a file'],
  ['POST /orders/imports', 'POST /orders/imports starts an import'],
  ['GET /unsubscribe/:ticket', 'GET /unsubscribe/:ticket is a link that writes'],
  ['POST /login', 'POST /login is a login'],
  ['POST /users', 'POST /users is a signup, as nobody is signed in', { anonymous: true }],
  ['PATCH /me', 'PATCH /me is a change of password, by what its body brings', { bodyKeys: ['newPassword'] }],
  [
    'POST /oauth/token',
    'POST /oauth/token is a token refresh, by what its body brings',
    { body: { grant_type: 'refresh_token' } },
  ],
  ['POST /oauth/token', 'POST /oauth/token is the issue of a token'],
  ['DELETE /invitations/:id', 'DELETE /invitations/:id is a revoked invitation'],
  [
    'POST /graphql',
    'GraphQL mutation close issue says close',
    { body: { query: 'mutation { closeIssue(id: 1) { id } }' } },
  ],
  ['POST /graphql', 'GraphQL mutation token create is a login', { body: { query: 'mutation { tokenCreate { id } }' } }],
  ['POST /graphql', 'GraphQL query orders asks for many', { body: { query: '{ orders { id } }' } }],
  ['POST /graphql', 'POST /graphql brings no GraphQL operation'],
  ['POST /rpc', 'JSON-RPC call orders.refund says refund', { body: { jsonrpc: '2.0', method: 'orders.refund' } }],
  ['POST /trpc/order.cancel,order.notify', 'tRPC call order.cancel says cancel'],
  [
    'POST /orders/:id/actions',
    'the handler is called refund',
    { handler: { controller: 'OrdersController', method: 'refund' } },
  ],
  [
    'POST /doors/enter',
    'by its handler, POST AuthController.login is a login',
    { handler: { controller: 'AuthController', method: 'login' } },
  ],
  ['OPTIONS /orders', 'OPTIONS asks what is allowed'],
  ['GET /healthz', 'GET /healthz is a health check'],
  ['GET /metrics', 'GET /metrics is for a metrics scraper'],
  ['GET /main.js', 'GET /main.js asks for an asset'],
  ['GET /sse', 'GET /sse is a connection kept open'],
  ['POST /telemetry', 'POST /telemetry is a report of a browser or a device on itself'],
  ['POST /webhooks/stripe', 'POST /webhooks/stripe is a message of another service'],
  ['GET /auth/google', 'GET /auth/google is the first leg of a login elsewhere'],
];

test.each(WHY.map(([request, why, more]) => ({ request, why, more })))('$request: $why', ({ request, why, more }) => {
  const [method = '', route = ''] = request.split(' ');
  expect(recognise({ method, route, ...more }).why).toBe(why);
});
