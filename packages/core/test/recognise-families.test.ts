import { type RecogniseInput, type Recognition, recognise } from '../src/pure/recognise/index.js';
import { PHRASAL, wordsOf } from '../src/pure/recognise/words.js';

function see(request: string, more: Partial<RecogniseInput> = {}): Recognition {
  const [method = '', route = ''] = request.split(' ');
  return recognise({ method, route, ...more });
}

/** What each family of actions is called, in the spellings of REST, of RPC and of people in a hurry. */
const FAMILIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  bulk: {
    'POST /crates/bulk': 'crate.create',
    'PATCH /crates/bulk': 'crate.update',
    'PUT /crates/batch': 'crate.update',
    'DELETE /crates/bulk': 'crate.delete',
    'POST /crates/bulk-delete': 'crate.delete',
    'POST /crates:batchDelete': 'crate.delete',
    'POST /crates/batch/delete': 'crate.delete',
    'POST /crates/delete-many': 'crate.delete',
    'POST /crates.bulkRemove': 'crate.delete',
    'POST /crates/bulkupdate': 'crate.update',
    'POST /crates/seal-all': 'crate.seal',
  },
  'soft delete': {
    'POST /notes/:id/trash': 'note.delete',
    'PUT /notes/:id/trash': 'note.delete',
    'POST /notes/:id/soft-delete': 'note.delete',
    'PATCH /notes/:id/softDelete': 'note.delete',
    'DELETE /notes/:id/soft': 'note.delete',
    'DELETE /notes/:id/permanent': 'note.delete',
    'DELETE /trash': 'trash.delete',
    'DELETE /trash/:id': 'trash.delete',
    'POST /trash/empty': 'trash.empty',
  },
  restore: {
    'POST /notes/:id/restore': 'note.restore',
    'PUT /notes/:id/restore': 'note.restore',
    'POST /notes/restore/:id': 'note.restore',
    'POST /notes.restore': 'note.restore',
    'POST /notes/:id/undelete': 'note.undelete',
    'PATCH /notes/:id/recover': 'note.recover',
    'POST /notes/:id/unarchive': 'note.unarchive',
  },
  import: {
    'POST /contacts/import': 'contact.import',
    'POST /contacts/import-csv': 'contact.import',
    'POST /contacts.import': 'contact.import',
    'POST /import/contacts': 'contact.import',
    'POST /contacts/bulk-import': 'contact.import',
    'POST /imports': 'import.import',
  },
  export: {
    'GET /contacts/export': 'contact.export',
    'GET /export/contacts': 'contact.export',
    'GET /contacts.xlsx': 'contact.export',
    'POST /contacts/export': 'contact.export',
    'POST /contacts.export': 'contact.export',
    'POST /exports': 'export.export',
    'POST /me/data-export': 'data_export.export',
  },
  upload: {
    'POST /files/upload': 'file.upload',
    'POST /files.upload': 'file.upload',
    'POST /voyages/:id/upload': 'voyage.upload',
    'PUT /files/:id/content': 'content.upload',
    'POST /users/:id/avatar': 'avatar.upload',
    'POST /upload/avatar': 'avatar.upload',
  },
  download: {
    'GET /invoices/:id/download': 'invoice.download',
    'GET /exports/:id/download': 'export.download',
    'POST /files/:id/download': 'file.download',
    'GET /files.download': 'file.download',
  },
  share: {
    'POST /maps/:id/share': 'map.share',
    'POST /maps.share': 'map.share',
    'PUT /maps/:id/share': 'map.share',
    'DELETE /maps/:id/share': 'map.unshare',
    'POST /maps/:id/unshare': 'map.unshare',
    'POST /maps/:id/shares': 'share.create',
  },
  lock: {
    'POST /users/:id/lock': 'account.lock',
    'PUT /users/:id/lock': 'account.lock',
    'POST /users.lock': 'account.lock',
    'DELETE /users/:id/lock': 'account.unlock',
    'POST /users/:id/unlock': 'account.unlock',
    'PATCH /users/:id/deactivate': 'account.disable',
    'POST /accounts/:id/suspend': 'account.disable',
    'POST /users/:id/reactivate': 'account.enable',
  },
  'deletion of an account': {
    'DELETE /me': 'account.delete',
    'DELETE /users/me': 'account.delete',
    'DELETE /profile': 'account.delete',
    'POST /me/delete': 'account.delete',
    'POST /account/delete': 'account.delete',
    'POST /delete-account': 'account.delete',
    'DELETE /users/:id': 'user.delete',
  },
  impersonation: {
    'POST /users/:id/impersonate': 'auth.impersonate',
    'POST /impersonate/:userId': 'auth.impersonate',
    'POST /users/:id/impersonation': 'auth.impersonate',
    'POST /admin/login-as/:id': 'auth.impersonate',
    'DELETE /impersonate': 'auth.impersonate_stop',
    'POST /impersonation/stop': 'auth.impersonate_stop',
    'POST /stop-impersonating': 'auth.impersonate_stop',
  },
  session: {
    'POST /sessions': 'auth.login',
    'DELETE /sessions/:id': 'auth.logout',
    'DELETE /me/sessions/:id': 'auth.logout',
    'POST /sessions/revoke-all': 'auth.logout',
    'POST /logout/everywhere': 'auth.logout',
    'GET /sessions': 'session.list',
  },
  token: {
    'POST /me/tokens': 'token.create',
    'POST /users/:id/tokens': 'token.create',
    'DELETE /me/tokens/:id': 'token.revoke',
    'POST /tokens/:id/revoke': 'token.revoke',
    'POST /oauth/introspect': 'token.introspect',
  },
  'API key': {
    'POST /api-keys': 'token.create',
    'POST /apiKeys': 'token.create',
    'POST /users/:id/api_keys': 'token.create',
    'DELETE /api-keys/:id': 'token.revoke',
    'POST /api_keys/:id/revoke': 'token.revoke',
    'POST /api-keys/:id/rotate': 'api_key.rotate',
    'PATCH /api-keys/:id': 'api_key.update',
  },
  role: {
    'PUT /users/:id/role': 'role.assign',
    'POST /users/:id/roles': 'role.assign',
    'POST /users/:id/grant-role': 'role.assign',
    'POST /users/:id/make-admin': 'role.assign',
    'POST /users/:id/revoke-admin': 'role.revoke',
    'DELETE /users/:id/roles/:roleId': 'role.revoke',
    'POST /roles': 'role.create',
    'PUT /roles/:id': 'role.update',
    'DELETE /roles/:id': 'role.delete',
  },
  permission: {
    'POST /users/:id/permissions': 'role.assign',
    'DELETE /users/:id/permissions/:permission': 'role.revoke',
    'PUT /roles/:id/permissions': 'permission.update',
    'POST /permissions': 'permission.create',
  },
  membership: {
    'POST /teams/:teamId/members': 'member.add',
    'POST /teams/:id/add-member': 'member.add',
    'POST /members.add': 'member.add',
    'POST /clubs/:id/memberships': 'member.add',
    'DELETE /teams/:teamId/members/:userId': 'member.remove',
    'POST /teams/:teamId/members/:id/remove': 'member.remove',
    'POST /teams/:id/removeMember': 'member.remove',
    'PATCH /teams/:teamId/members/:userId': 'member.update',
    'POST /teams/:id/join': 'team.join',
    'POST /teams/:id/leave': 'team.leave',
  },
};

describe.each(Object.entries(FAMILIES))('%s', (_family, rows) => {
  test.each(Object.entries(rows))('%s is %s', (request, action) => {
    expect(see(request)).toMatchObject({ event: true, action });
  });
});

describe('writes by GET', () => {
  test.each([
    ['GET /verify-email', 'account.verify'],
    ['GET /users/confirm/:token', 'account.verify'],
    ['GET /email-change/confirm', 'account.verify'],
    ['GET /activate/:token', 'account.verify'],
    ['GET /unsubscribe/:token', 'request.unsubscribe'],
    ['GET /logout', 'auth.logout'],
    ['GET /magic-link/:token', 'auth.login'],
    ['GET /login/magic/:token', 'auth.login'],
    ['GET /auth/google/callback', 'auth.login'],
    ['GET /oauth/callback', 'auth.login'],
    ['GET /invitations/:token/accept', 'member.invite_accept'],
  ])('%s is %s', (request, action) => {
    expect(see(request)).toMatchObject({ event: true, action, operation: 'execute' });
  });
});

describe('what is not an event, or only a read', () => {
  test.each([
    ['GET /healthz', 'system.health'],
    ['POST /me/heartbeat', 'system.health'],
    ['POST /robots/:id/heartbeat', 'system.telemetry'],
    ['GET /metrics', 'system.metrics'],
    ['GET /assets/app-5f2c1e.js', 'system.asset'],
    ['OPTIONS /orders', 'system.preflight'],
    ['GET /socket.io', 'system.polling'],
    ['GET /orders/long-poll', 'system.polling'],
    ['GET /sse', 'system.polling'],
    ['POST /auth/refresh', 'auth.token_refresh'],
    ['POST /robots/:id/telemetry', 'system.telemetry'],
    ['POST /csp-report', 'system.telemetry'],
    ['POST /analytics-collect', 'system.telemetry'],
    ['POST /webhooks/stripe', 'system.webhook'],
  ])('%s is silent: %s', (request, action) => {
    expect(see(request)).toMatchObject({ event: false, kind: 'silent', action });
  });

  test.each([
    'POST /parcels/search',
    'POST /parcels/_search',
    'POST /search',
    'POST /parcels/query',
    'POST /parcels/filter',
    'POST /parcels/preview',
    'POST /parcels/:id/preview',
    'POST /parcels/validate',
    'POST /parcels/count',
    'POST /parcels/check-availability',
    'POST /users/check-email',
    'POST /users/exists',
    'POST /tariffs/calculate',
    'POST /parcels.list',
    'POST /parcels:batchGet',
    'SEARCH /parcels',
    'QUERY /parcels',
    'PROPFIND /folders/:id',
    'REPORT /calendars/:id',
    'M-SEARCH /devices',
  ])('%s only reads', (request) => {
    expect(see(request)).toMatchObject({ event: true, operation: 'read' });
  });

  test.each([
    ['POST /builds/:id/check-runs', 'check_run.create'],
    ['POST /builds/:id/check-suite', 'check_suite.create'],
    ['POST /webhooks', 'webhook.create'],
    ['POST /webhook', 'webhook.create'],
    ['POST /metrics', 'metric.create'],
    ['POST /polls', 'poll.create'],
  ])('%s is no read: %s', (request, action) => {
    expect(see(request)).toMatchObject({ event: true, action });
  });
});

describe('verbs of two words', () => {
  test.each([...PHRASAL])('%s is one', (verb) => {
    expect(wordsOf(verb.replace(' ', '-'))).toEqual([verb.replace(' ', '')]);
    expect(see(`POST /guests/:id/${verb.replace(' ', '_')}`)).toMatchObject({
      kind: 'verb',
      action: `guest.${verb.replace(' ', '')}`,
      idParam: 'id',
    });
  });
});
