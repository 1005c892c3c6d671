import { HANDLER_VERBS } from '../src/pure/recognise/handler.js';
import { answerKey, type RecogniseInput, type Recognition, recognise } from '../src/pure/recognise/index.js';
import { effectiveMethod } from '../src/pure/recognise/method.js';

function see(request: string, more: Partial<RecogniseInput> = {}): Recognition {
  const [method = '', route = ''] = request.split(' ');
  return recognise({ method, route, ...more });
}

describe('method and shape', () => {
  test.each([
    ['GET /projects', 'project.list', 'project', undefined],
    ['GET /projects/:id', 'project.read', 'project', 'id'],
    ['POST /projects', 'project.create', 'project', undefined],
    ['PUT /projects/:id', 'project.update', 'project', 'id'],
    ['PATCH /projects/{projectId}', 'project.update', 'project', 'projectId'],
    ['DELETE /projects/:id', 'project.delete', 'project', 'id'],
    ['PATCH /projects/:id/tasks/:taskId', 'task.update', 'task', 'taskId'],
    ['POST /projects/:id/tasks', 'task.create', 'task', undefined],
    ['POST /projects/:id', 'project.update', 'project', 'id'],
    ['POST /ratings/:movieId', 'rating.create', 'rating', undefined],
    ['POST /entries/:calendar', 'entry.create', 'entry', undefined],
    ['POST /entries/:slug', 'entry.update', 'entry', 'slug'],
    ['POST /letters/:template_name', 'letter.create', 'letter', undefined],
    ['POST /letters/:letter_name', 'letter.update', 'letter', 'letter_name'],
    ['POST /letters/:fileName', 'letter.update', 'letter', 'fileName'],
    ['PUT /connect/:connectId', 'connect.update', 'connect', 'connectId'],
    ['DELETE /doors/:id/locks/:lockId', 'lock.delete', 'lock', 'lockId'],
    ['DELETE /doors/:id/lock/:lock_id', 'lock.delete', 'lock', 'lock_id'],
    ['PUT /shops/:id/logo', 'logo.update', 'logo', undefined],
    ['PUT /invoices/:id/estimate', 'estimate.update', 'estimate', undefined],
    ['POST /tasks/:id/time-estimate', 'time_estimate.create', 'time_estimate', undefined],
    ['PUT /repos/:owner/:repo', 'repo.update', 'repo', 'repo'],
    ['PUT /settings', 'setting.update', 'setting', undefined],
    ['POST /shops/:id/settings', 'setting.update', 'setting', undefined],
    ['DELETE /projects', 'project.delete', 'project', undefined],
    ['POST /projects/bulk', 'project.create', 'project', undefined],
    ['GET /bankAccounts', 'bank_account.list', 'bank_account', undefined],
    ['GET /bank-accounts/:id', 'bank_account.read', 'bank_account', 'id'],
    ['GET /orders/:id/status', 'status.read', 'status', undefined],
    ['GET /users/me', 'user.read', 'user', undefined],
    ['GET /events/public', 'event.list', 'event', undefined],
    ['GET /country', 'country.list', 'country', undefined],
    ['GET /board/:boardId/sprint', 'sprint.list', 'sprint', undefined],
    ['GET /boards/:boardId/sprint', 'sprint.read', 'sprint', undefined],
    ['GET /backoffice/vehicle', 'vehicle.list', 'vehicle', undefined],
    ['GET /backoffice/vehicles/:id/vendor', 'vendor.read', 'vendor', undefined],
    ['GET /crew/roster.all', 'roster.list', 'roster', undefined],
    ['GET /roles/pagination', 'role.list', 'role', undefined],
    ['GET /rooms.list.joined', 'joined.list', 'joined', undefined],
    ['GET /profile', 'profile.read', 'profile', undefined],
    ['GET /policies/:id', 'policy.read', 'policy', 'id'],
    ['GET /files-on-hold', 'files_on_hold.list', 'files_on_hold', undefined],
    ['GET /search/parcel', 'parcel.list', 'parcel', undefined],
    ['GET /me/starred', 'starred.list', 'starred', undefined],
    ['GET /user/following', 'following.list', 'following', undefined],
    ['GET /parcels/upcoming', 'parcel.list', 'parcel', undefined],
    ['GET /parcels/:id/global', 'global.read', 'global', undefined],
    ['GET /tasks/assigned-to-me', 'task.list', 'task', undefined],
    ['GET /files/shared-with-me', 'file.list', 'file', undefined],
    ['GET /parcels/:id/history', 'history.read', 'history', undefined],
    ['GET /count-parcels', 'count_parcel.read', 'count_parcel', undefined],
    ['GET /mailers/verify-credentials', 'verify_credential.read', 'verify_credential', undefined],
    ['POST /checkout/sessions', 'session.create', 'session', undefined],
    ['POST /manage/parcels', 'parcel.create', 'parcel', undefined],
    ['POST /parcels/:id/cashflow', 'cashflow.create', 'cashflow', undefined],
    ['HEAD /projects/:id', 'project.read', 'project', 'id'],
  ])('calls %s %s', (request, action, resource, idParam) => {
    const seen = see(request);
    expect(seen).toMatchObject({ event: true, kind: 'crud', action, resource });
    expect(seen.idParam).toBe(idParam);
  });

  test('somebody changes his own account also by the name of what changes', () => {
    expect(see('POST /change-email')).toMatchObject({ action: 'account.update', resource: 'user' });
    expect(see('DELETE /users/:userId/roles/:roleId')).toMatchObject({ action: 'role.revoke', idParam: 'userId' });
    expect(see('DELETE /roles/:roleId/users/:userId')).toMatchObject({ action: 'role.revoke', idParam: 'userId' });
  });

  test('a state that is set is a change of what stands before it', () => {
    expect(see('POST /addresses/:id/set-default')).toMatchObject({
      action: 'address.update',
      operation: 'update',
      idParam: 'id',
    });
  });

  test('names the parent and the tenant of a nested resource', () => {
    expect(see('DELETE /orgs/:orgId/projects/:id')).toMatchObject({
      action: 'project.delete',
      idParam: 'id',
      parent: { type: 'org', param: 'orgId' },
      tenantParam: 'orgId',
    });
    expect(see('POST /organizations/:id/projects').tenantParam).toBe('id');
    expect(see('PATCH /organizations/:id').tenantParam).toBeUndefined();
  });

  test.each([
    '/api/v1/orders',
    '/v2.1/orders',
    '/2024-10-01/orders',
    '/rest/api/3/orders',
    '/de/orders',
    '/pt-BR/orders',
    '/orders/',
    '/orders.json',
    '/API/Orders',
    '/shop/api/orders',
    '/shop/api/v2/orders',
  ])('drops prefix, version, language and ending of %s', (route) => {
    expect(recognise({ method: 'post', route }).action).toBe('order.create');
  });

  test('takes the last name of a segment with several parameters', () => {
    expect(see('GET /compare/:base...:head').idParam).toBe('head');
    expect(see('DELETE /files/:id(\\d+)').idParam).toBe('id');
    expect(see('GET /pages/*path').idParam).toBe('path');
  });
});

describe('verbs', () => {
  test.each([
    ['POST /orders/:id/refund', 'order.refund', 'id'],
    ['POST /orders/:id/Refund', 'order.refund', 'id'],
    ['PUT /posts/:id/publish', 'post.publish', 'id'],
    ['POST /orders/:id/items/:itemId/cancel', 'item.cancel', 'itemId'],
    ['POST /orders/cancel/:id', 'order.cancel', 'id'],
    ['POST /orders/cancel', 'order.cancel', undefined],
    ['POST /orders/bulk/cancel', 'order.cancel', undefined],
    ['POST /orders/bulk-cancel', 'order.cancel', undefined],
    ['POST /orders:cancel', 'order.cancel', undefined],
    ['POST /orders/{id}:cancel', 'order.cancel', 'id'],
    ['POST /orders/:id:cancel', 'order.cancel', 'id'],
    [String.raw`POST /orders/:id\:cancel`, 'order.cancel', 'id'],
    ['POST /orders.cancel', 'order.cancel', undefined],
    ['POST /orders/set-active', 'order.set_active', undefined],
    ['POST /orders/mark-all-read', 'order.mark_read', undefined],
    ['PUT /orders/:id/mark-as-paid', 'order.mark_paid', 'id'],
    ['POST /orders/:id/seen', 'order.mark_seen', 'id'],
    ['POST /trpc/order.cancel,order.notify', 'order.cancel', undefined],
    ['POST /sync-orders', 'order.sync', undefined],
    ['POST /orders/:id/send-receipt', 'order.send_receipt', 'id'],
    ['PUT /posts/:id/star', 'post.star', 'id'],
    ['DELETE /posts/:id/star', 'post.unstar', 'id'],
    ['PUT /apps/:id/suspended', 'app.suspend', 'id'],
    ['DELETE /apps/:id/suspended', 'app.unsuspend', 'id'],
    ['POST /messages/:id/unPin', 'message.unpin', 'id'],
    ['POST /accounts/:id/link/google', 'google.link', undefined],
    ['POST /import/contacts-file', 'contacts_file.import', undefined],
    ['POST /pages/:id/organise', 'page.organise', 'id'],
    ['PATCH /documents/:id/restore', 'document.restore', 'id'],
    ['POST /documents/:id/share', 'document.share', 'id'],
    ['POST /documents/:id/content', 'content.upload', undefined],
    ['POST /users/import', 'user.import', undefined],
    ['POST /import/:source', 'request.import', 'source'],
    ['POST /photos/upload/:folder', 'photo.upload', 'folder'],
    ['POST /alerts/test/:channel', 'alert.test', 'channel'],
    ['DELETE /posts/:id/like/:userId', 'post.unlike', 'userId'],
    ['POST /clients/:id/upload-certificate', 'certificate.upload', undefined],
    ['POST /import-catalog', 'catalog.import', undefined],
    ['POST /shops/:id/logo', 'logo.upload', undefined],
    ['POST /repos/:id/fork', 'repo.fork', 'id'],
    ['POST /subscriptions/:id/renew', 'subscription.renew', 'id'],
    ['POST /rooms.hide', 'room.hide', undefined],
    ['POST /features/:id/toggle-beta', 'feature.toggle_beta', 'id'],
    ['POST /parcels/:id/zap', 'parcel.zap', 'id'],
    ['POST /parcels.zap', 'parcel.zap', undefined],
    ['POST /parcels/{id}:zap', 'parcel.zap', 'id'],
    ['POST /parcels/bulkcancel', 'parcel.cancel', undefined],
    ['POST /alarms/test/bulk', 'alarm.test', undefined],
    ['POST /manual-sync/parcels', 'parcel.sync', undefined],
    ['POST /mailers/test-connection', 'connection.test', undefined],
    ['POST /crates/:id/actions/weigh', 'crate.weigh', 'id'],
    ['POST /crates/:id/mark-empty', 'crate.mark_empty', 'id'],
    ['PUT /crates/mark-empty', 'crate.mark_empty', undefined],
    ['PUT /crates/:id/make_default', 'crate.make_default', 'id'],
    ['POST /crates/:id/add-to-voyage', 'crate.add_to_voyage', 'id'],
    ['POST /crates/:id/remove_from_voyage', 'crate.remove_from_voyage', 'id'],
    ['POST /shop/add-to-basket', 'basket.add', undefined],
    ['PUT /letters/:id/read', 'letter.mark_read', 'id'],
    ['POST /letters/:id/read', 'letter.mark_read', 'id'],
    ['POST /letters/read-all', 'letter.mark_read', undefined],
    ['POST /letters/:id/email', 'letter.email', 'id'],
    ['POST /letters/email', 'letter.email', undefined],
    ['POST /crates/:id/transfer-ownership', 'crate.transfer_ownership', 'id'],
    ['POST /auth/link-shop', 'shop.link', undefined],
    ['POST /crates/:id/bookmark', 'crate.bookmark', 'id'],
    ['PUT /lessons/:id/bans/:pupilId', 'pupil.ban', 'pupilId'],
    ['DELETE /lessons/:id/bans/:pupilId', 'pupil.unban', 'pupilId'],
    ['PUT /me/blocks/:username', 'user.block', 'username'],
    ['DELETE /clubs/:id/bans/:userId', 'user.unban', 'userId'],
    ['POST /crates/:id/send-label/:labelId', 'label.send', 'labelId'],
    ['POST /import-contacts', 'contact.import', undefined],
    ['POST /upload-photos', 'photo.upload', undefined],
    ['POST /crates/:id/report-problem', 'crate.report_problem', 'id'],
    ['POST /place-order', 'order.place', undefined],
    ['PUT /crates/:id/seal', 'crate.seal', 'id'],
    ['POST /crates/clock-in', 'crate.clockin', undefined],
  ])('calls %s %s', (request, action, idParam) => {
    const seen = see(request);
    expect(seen).toMatchObject({ event: true, kind: 'verb', operation: 'execute', action });
    expect(seen.idParam).toBe(idParam);
  });

  test.each([
    ['POST /orders/create', 'order.create', 'create'],
    ['POST /orders/:id/update', 'order.update', 'update'],
    ['POST /orders/:id/delete', 'order.delete', 'delete'],
    ['POST /orders/delete/:id', 'order.delete', 'delete'],
    ['POST /users.update', 'user.update', 'update'],
    ['POST /updateOrder', 'order.update', 'update'],
    ['POST /remove-items', 'item.delete', 'delete'],
    ['PUT /items/update_many', 'item.update', 'update'],
    ['POST /items/create_or_update', 'item.create', 'create'],
    ['POST /items/:id/delete-permanently', 'item.delete', 'delete'],
    ['DELETE /items/deleteByCode', 'item.delete', 'delete'],
    ['DELETE /orders/:id/purge', 'order.delete', 'delete'],
  ])('counts the verb of %s as %s', (request, action, operation) => {
    expect(see(request)).toMatchObject({ kind: 'crud', action, operation });
  });

  test.each([
    ['POST /merge_requests', 'merge_request.create'],
    ['DELETE /deploy_keys/:id', 'deploy_key.delete'],
    ['POST /change_events', 'change_event.create'],
    ['DELETE /mute-rules/:id', 'mute_rule.delete'],
    ['PUT /sync-plans/:id', 'sync_plan.update'],
    ['POST /account/email', 'email.create'],
    ['POST /billing/checkout-session', 'checkout_session.create'],
    ['POST /letters/:id/link-preview', 'link_preview.create'],
    ['GET /listShelves', 'shelf.list'],
    ['POST /disks/:id/snapshot', 'snapshot.create'],
    ['DELETE /lessons/:id/bans/:banId', 'ban.delete'],
    ['DELETE /lessons/:id/bans/:id2', 'ban.delete'],
    ['PUT /users/:id/email', 'email.update'],
    ['POST /projects/:id/comments', 'comment.create'],
    ['POST /issues', 'issue.create'],
    ['POST /favorite', 'favorite.create'],
    ['POST /files/:id/upload-sessions', 'upload_session.create'],
    ['POST /files/:id/upload-url', 'upload_url.create'],
    ['POST /parcels/:id/insurance', 'insurance.create'],
    ['POST /parcels/:id/agenda', 'agenda.create'],
    ['POST /parcels/:id/vpn', 'vpn.create'],
    ['POST /parcels/:id/address', 'address.create'],
    ['POST /parcels/:id/canvas', 'canvas.create'],
    ['POST /parcel/:id/zap', 'zap.create'],
    ['POST /orgs/:orgId/zap', 'zap.create'],
    ['POST /schemas/parcel/default', 'parcel.update'],
  ])('does not take the noun of %s for a verb', (request, action) => {
    expect(see(request).action).toBe(action);
  });
});

describe('reads that do not look it, writes that do not look it', () => {
  test.each([
    ['POST /products/search', 'product.list'],
    ['POST /search', 'request.list'],
    ['POST /orders/query', 'order.list'],
    ['POST /orders/validate', 'order.read'],
    ['POST /invoices/:id/preview', 'invoice.read'],
    ['POST /coupons/check-code', 'code.read'],
    ['POST /analytics/events/daily', 'daily.read'],
    ['POST /documents.list', 'document.list'],
    ['POST /documents.drafts', 'draft.list'],
    ['POST /documents.archived', 'document.list'],
    ['POST /oauth/userinfo', 'userinfo.read'],
    ['POST /account/info', 'info.read'],
    ['POST /parcels/get', 'parcel.list'],
    ['POST /parcels/:id/get', 'parcel.read'],
    ['POST /parcels/bulkfetch', 'parcel.list'],
    ['POST /parcels/by-ids', 'parcel.list'],
    ['POST /parcels/ids', 'parcel.list'],
    ['POST /parcels.all', 'parcel.list'],
    ['POST /viewer.me', 'viewer.read'],
    ['POST /users/usernames', 'username.list'],
    ['POST /parcels/by-code', 'parcel.read'],
    ['POST /parcels/is-late', 'late.read'],
    ['POST /analytics/parcels', 'parcel.read'],
  ])('%s only reads: %s', (request, action) => {
    expect(see(request)).toMatchObject({ event: true, operation: 'read', action });
  });

  test.each([
    ['GET /projects/:id/export', 'project.export'],
    ['GET /reports/export/download', 'export.export'],
    ['GET /orders.csv', 'order.export'],
    ['POST /orders/export', 'order.export'],
    ['POST /projects/:id/exports', 'export.export'],
    ['POST /tools/export/:collection', 'tool.export'],
    ['PUT /orders/archive/export', 'archive.export'],
  ])('%s is an export: %s', (request, action) => {
    expect(see(request)).toMatchObject({ kind: 'verb', operation: 'read', action });
  });

  test.each([
    ['GET /unsubscribe', 'request.unsubscribe'],
    ['GET /newsletters/:id/unsubscribe', 'newsletter.unsubscribe'],
    ['GET /newsletters/unsubscribe/:ticket', 'newsletter.unsubscribe'],
    ['GET /mails/optout/:ticket', 'mail.optout'],
  ])('%s is a link that writes: %s', (request, action) => {
    expect(see(request)).toMatchObject({ kind: 'verb', operation: 'execute', action });
  });

  test('a GET of an export is a download of the file and not of a list', () => {
    expect(see('GET /files/:id/download')).toMatchObject({ action: 'file.download', operation: 'read', idParam: 'id' });
    expect(see('GET /exports').action).toBe('export.list');
    expect(see('GET /projects/:id/export/status').action).toBe('status.read');
  });
});

describe('silence', () => {
  test.each([
    ['OPTIONS /orders', 'system.preflight'],
    ['GET /health', 'system.health'],
    ['GET /api/v1/healthz', 'system.health'],
    ['GET /internal/health/live', 'system.health'],
    ['HEAD /ping', 'system.health'],
    ['POST /heartbeat', 'system.health'],
    ['GET /status', 'system.health'],
    ['GET /metrics', 'system.metrics'],
    ['GET /actuator/prometheus', 'system.health'],
    ['GET /favicon.ico', 'system.asset'],
    ['GET /app.js', 'system.asset'],
    ['GET /assets/logo.png', 'system.asset'],
    ['GET /static/main', 'system.asset'],
    ['GET /robots.txt', 'system.asset'],
    ['GET /.well-known/jwks.json', 'system.asset'],
    ['POST /socket.io', 'system.polling'],
  ])('%s is no event: %s', (request, action) => {
    expect(see(request)).toMatchObject({ event: false, kind: 'silent', action });
  });

  test.each([
    ['GET /assets/:id', 'asset.read'],
    ['GET /projects/:id/metrics', 'metric.list'],
    ['GET /projects/:id/health', 'health.read'],
    ['POST /version', 'version.create'],
    ['GET /public/invoices/:id', 'invoice.read'],
  ])('%s is one: %s', (request, action) => {
    expect(see(request)).toMatchObject({ event: true, action });
  });
});

describe('names that every product shares', () => {
  test.each([
    ['POST /teams/:teamId/members', 'member.add', 'access', 'create'],
    ['DELETE /teams/:teamId/members/:id', 'member.remove', 'access', 'delete'],
    ['POST /users/:id/lock', 'account.lock', 'account', 'execute'],
    ['POST /users/:id/unlock', 'account.unlock', 'account', 'execute'],
    ['POST /users/:id/suspend', 'account.disable', 'account', 'execute'],
    ['POST /users/:id/reactivate', 'account.enable', 'account', 'execute'],
    ['DELETE /users/me', 'account.delete', 'account', 'delete'],
    ['DELETE /account', 'account.delete', 'account', 'delete'],
    ['PATCH /profile', 'account.update', 'account', 'update'],
    ['PUT /users/me', 'account.update', 'account', 'update'],
    ['POST /api-keys', 'token.create', 'access', 'create'],
    ['DELETE /personal-access-tokens/:id', 'token.revoke', 'access', 'delete'],
    ['POST /api_keys/:id/revoke', 'token.revoke', 'access', 'execute'],
    ['PATCH /users/:id', 'user.update', 'account', 'update'],
    ['PATCH /webhooks/:id', 'webhook.update', 'config', 'update'],
    ['POST /roles', 'role.create', 'access', 'create'],
  ])('%s is %s', (request, action, category, operation) => {
    expect(see(request)).toMatchObject({ action, category, operation });
  });
});

describe('what only the request tells', () => {
  test('a form says the method that it means', () => {
    expect(see('POST /projects/:id', { body: { _method: 'delete' } }).action).toBe('project.delete');
    expect(see('POST /projects/:id', { body: { _method: 'GET' } }).action).toBe('project.update');
    expect(effectiveMethod({ method: 'post', body: { _method: 'PATCH' } })).toBe('PATCH');
    expect(effectiveMethod({ method: 'get', body: { _method: 'DELETE' } })).toBe('GET');
  });

  test('GraphQL is named by its first root field, and varies', () => {
    const graphql = (query: string, operationName?: string) =>
      see('POST /graphql', { body: { query, ...(operationName === undefined ? {} : { operationName }) } });
    expect(graphql('mutation Go($id: ID!) { closeIssue(id: $id) { id } }')).toMatchObject({
      action: 'issue.close',
      operation: 'execute',
      varies: true,
    });
    expect(graphql('mutation { done: createProject(input: { name: "}{" }) { id } }').action).toBe('project.create');
    expect(graphql('mutation { userDelete(id: 1) { id } }').action).toBe('user.delete');
    expect(graphql('mutation { tokenCreate(email: "a", password: "b") { token } }').action).toBe('auth.login');
    expect(graphql('{ projects { id } }')).toMatchObject({ action: 'project.list', operation: 'read' });
    expect(graphql('query A { me { id } } mutation B { logout }', 'B').action).toBe('auth.logout');
    expect(graphql('fragment F on User { id } mutation { login(email: "x") { ...F } }').action).toBe('auth.login');
    expect(see('POST /graphql', { body: { operationName: 'RefundOrder' } }).action).toBe('order.refund');
    expect(see('POST /graphql', { body: [{ query: 'mutation { logout }' }] }).action).toBe('auth.logout');
    expect(see('POST /graphql', { status: 400 })).toMatchObject({ event: false, varies: true });
    expect(see('GET /graphql')).toMatchObject({ event: false, varies: true });
  });

  test('JSON-RPC is named by its method, and varies', () => {
    expect(see('POST /rpc', { body: { jsonrpc: '2.0', method: 'orders.refund' } })).toMatchObject({
      action: 'order.refund',
      varies: true,
    });
    expect(see('POST /', { body: [{ jsonrpc: '2.0', method: 'deleteUser' }] }).action).toBe('user.delete');
    expect(see('POST /payments', { body: { method: 'card' } })).toMatchObject({
      action: 'payment.create',
      varies: false,
    });
    expect(see('POST /').varies).toBe(true);
  });

  test('the name of a handler counts where the route says nothing', () => {
    const told = (route: string, controller: string, method: string) => see(route, { handler: { controller, method } });
    expect(told('POST /orders/:id/actions', 'OrdersController', 'refund').action).toBe('action.refund');
    expect(told('POST /auth', 'AuthController', 'signIn').action).toBe('auth.login');
    expect(told('POST /enter', 'AuthController', 'login').action).toBe('auth.login');
    expect(told('POST /devices', 'DevicesController', 'register').action).toBe('device.register');
    expect(told('POST /devices', 'DevicesController', 'create').action).toBe('device.create');
    expect(told('POST /rooms/:id/reservations', 'RoomsController', 'reserve').action).toBe('reservation.create');
    expect(told('POST /devices', 'DevicesController', 'handle').action).toBe('device.create');
    expect(told('GET /devices', 'DevicesController', 'findAll').action).toBe('device.list');
    expect(told('PUT /devices', 'DevicesController', 'create').action).toBe('device.create');
    expect(told('POST /devices/:id', 'DevicesController', 'addDevice').action).toBe('device.create');
    expect(told('POST /devices', 'DevicesController', 'findOrCreate').action).toBe('device.create');
    expect(told('DELETE /devices/:id', 'DevicesController', 'updateList').action).toBe('device.delete');
    const created = { handler: { controller: 'DevicesController', method: 'update' }, status: 201 };
    expect(see('PUT /devices/:id', created)).toMatchObject({ action: 'device.create', varies: true });
    expect(told('DELETE /devices/:id', 'DevicesController', 'retire').action).toBe('device.retire');
  });

  test.each([...HANDLER_VERBS])('a handler whose name begins with %s says what is done', (word, [verb, operation]) => {
    const handler = { controller: 'DevicesController', method: `${word}Devices` };
    const seen = see(operation === 'create' ? 'PUT /devices' : 'POST /devices', { handler });
    expect(seen).toMatchObject({ action: `device.${verb}`, operation, kind: 'crud' });
  });

  test('an answer that another body would change varies', () => {
    expect(see('PATCH /me', { bodyKeys: ['name'] })).toMatchObject({
      action: 'account.update',
      resource: 'user',
      varies: true,
    });
    expect(see('PATCH /me', { bodyKeys: ['currentPassword', 'newPassword'] })).toMatchObject({
      action: 'account.password_change',
      varies: true,
    });
    expect(see('PUT /users/:id', { bodyKeys: ['password'] })).toMatchObject({
      action: 'account.password_change',
      idParam: 'id',
    });
    expect(see('PUT /users/:id', { bodyKeys: ['a', 'b', 'c', 'd', 'password'] }).action).toBe('user.update');
    expect(see('POST /users', { anonymous: true })).toMatchObject({ action: 'account.signup', varies: true });
    expect(see('POST /users', { anonymous: false })).toMatchObject({ action: 'user.create', varies: true });
    expect(see('POST /projects').varies).toBe(false);
  });
});

describe('styles of one meaning', () => {
  test.each([
    '/bankAccounts/:id/closeNow',
    '/bank-accounts/:id/close-now',
    '/bank_accounts/:id/close_now',
    '/BankAccounts/:id/CloseNow',
    '/bank-accounts/:id/close-now/',
    '/bank-accounts/:id/close-now.json',
    '/bank-account/{id}/close-now',
    '/bank-accounts/{id:guid}/close-now',
    '/bank-accounts/:id(\\d+)/close-now',
    '/api/v2/bank-accounts/:id/close-now',
    '/en-GB/bank-accounts/:id/close-now',
    '/:tenant/bank-accounts/:id/close-now',
    '/t/:tenantSlug/bank-accounts/:id/close-now',
    '/tenants/:tenantId/bank-accounts/:id/close-now',
    '/bank-accounts/{id}:closeNow',
    '/BankAccounts(:id)/CloseNow',
    '/BankAccounts({id})/CloseNow',
  ])('POST %s closes a bank account', (route) => {
    const seen = recognise({ method: 'POST', route });
    expect([seen.action, seen.resource, seen.idParam]).toEqual(['bank_account.close', 'bank_account', 'id']);
  });

  test('a tenant in front of the route is the tenant', () => {
    expect(see('POST /:tenant/orders').tenantParam).toBe('tenant');
    expect(see('POST /t/:tenantSlug/orders').tenantParam).toBe('tenantSlug');
    expect(see('POST /tenants/:tenantId/orders').tenantParam).toBe('tenantId');
  });

  test('an answer is kept by the method that is meant, and a PUT by whether it created', () => {
    expect(answerKey({ method: 'post' })).toBe('POST');
    expect(answerKey({ method: 'POST', body: { _method: 'put' }, status: 201 })).toBe('PUT 201');
    expect(answerKey({ method: 'PUT', status: 200 })).toBe('PUT');
    expect(answerKey({ method: 'POST', status: 201 })).toBe('POST');
  });
});

describe('whatever comes in', () => {
  const hostile = [
    '',
    '/',
    '//',
    '/%',
    '/%00/%ff',
    '/:',
    '/{',
    '/{}',
    '/}{',
    '/*',
    '/(.*)',
    '/\u0000/\u202e',
    '/проекты/:id',
    '/проекты/board',
    '/import/проекты',
    '/проекты/:id/zap',
    `/customer${'/customer'.repeat(60)}/register/x`,
    '/constructor/__proto__/toString',
    `/${'a'.repeat(65_536)}`,
    '/a'.repeat(10_000),
    `/${'verify-'.repeat(5_000)}`,
    `/${'password/'.repeat(200)}`,
    `/:${'x'.repeat(5_000)}`,
    `/${'-'.repeat(5_000)}`,
  ];

  test.each(hostile.map((route, at) => [at, route] as const))(
    'hostile route %# names an action in the alphabet of actions',
    (_at, route) => {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PROPFIND', '']) {
        const seen = recognise({ method, route });
        expect(seen.action).toMatch(/^[a-z0-9_.]{1,200}$/);
        expect(seen.why.length).toBeLessThan(400);
        expect(Object.isFrozen(seen)).toBe(true);
      }
    },
  );

  test('a hostile body is read with care', () => {
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    for (const body of [trap, null, 1, 'text', [], [[]], { query: 1 }, { query: '{'.repeat(9_000) }, { method: {} }]) {
      expect(() => see('POST /graphql', { body })).not.toThrow();
      expect(() => see('POST /rpc', { body })).not.toThrow();
      expect(() => see('POST /oauth/token', { body })).not.toThrow();
    }
  });

  test('10,000 routes that nobody has seen take well under a second', () => {
    const started = process.hrtime.bigint();
    for (let at = 0; at < 10_000; at++) recognise({ method: 'POST', route: `/api/v1/thing${at}s/:id/part${at}/send` });
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(2_000);
  });

  test('the same input gives an equal answer', () => {
    expect(see('POST /orders/:id/refund')).toEqual(see('POST /orders/:id/refund'));
  });
});
