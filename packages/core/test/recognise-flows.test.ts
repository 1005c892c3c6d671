import { rowsFor } from '../src/pure/recognise/flow-of.js';
import { FLOWS, type Flow } from '../src/pure/recognise/flows/index.js';
import { GRANTS } from '../src/pure/recognise/grants.js';
import { type RecogniseInput, type Recognition, recognise } from '../src/pure/recognise/index.js';
import { readRoute } from '../src/pure/recognise/route.js';

function see(request: string, more: Partial<RecogniseInput> = {}): Recognition {
  const [method = '', route = ''] = request.split(' ');
  return recognise({ method, route, ...more });
}

/** At least one route for every row of the table of flows. */
const FLOW_ROUTES: readonly (readonly [request: string, action: string, more?: Partial<RecogniseInput>])[] = [
  ['POST /admin/users/:id/impersonate', 'auth.impersonate'],
  ['POST /login-as/:userId', 'auth.impersonate'],
  ['DELETE /impersonation', 'auth.impersonate_stop'],
  ['POST /impersonate/stop', 'auth.impersonate_stop'],

  ['POST /webauthn/login', 'auth.login'],
  ['POST /login/passkey', 'auth.login'],
  ['POST /two-factor/login', 'auth.mfa_verify'],
  ['POST /me/2fa/disable', 'account.mfa_disable'],
  ['POST /users/:id/mfa/reset', 'account.mfa_disable'],
  ['POST /disable-two-factor', 'account.mfa_disable'],
  ['DELETE /me/totp', 'account.mfa_disable'],
  ['DELETE /users/:id/passkeys/:passkeyId', 'account.mfa_disable'],
  ['POST /mfa/challenge', 'auth.mfa_challenge'],
  ['POST /mfa/totp/verify', 'auth.mfa_verify'],
  ['POST /login/2fa', 'auth.mfa_verify'],
  ['POST /verify-totp', 'auth.mfa_verify'],
  ['POST /session/verify', 'auth.mfa_verify'],
  ['PUT /shop/mfa-policy', 'mfa_policy.update'],
  ['POST /me/two-factor', 'account.mfa_enable'],
  ['POST /webauthn/register/options', 'account.mfa_enable'],

  ['POST /logout', 'auth.logout'],
  ['GET /logout', 'auth.logout'],
  ['POST /auth/sign_out', 'auth.logout'],
  ['DELETE /users/sign_out', 'auth.logout'],
  ['GET /auth/log-off', 'auth.logout'],
  ['POST /users/:id/revoke-sessions', 'auth.logout'],
  ['POST /sessions/:id/revoke', 'auth.logout'],
  ['DELETE /sessions/:id', 'auth.logout'],
  ['DELETE /session', 'auth.logout'],
  ['DELETE /users/:id/sessions', 'auth.logout'],
  ['DELETE /authentication', 'auth.logout'],
  ['POST /end-session', 'auth.logout'],
  ['GET /saml/slo', 'auth.logout'],
  ['POST /training-sessions/:id/end', 'training_session.end'],
  ['POST /parking/sessions/:id/terminate', 'session.terminate'],

  ['POST /forgot-password', 'account.password_forgot'],
  ['POST /auth/forgotpassword', 'account.password_forgot'],
  ['PUT /auth/resetpassword/:token', 'account.password_reset'],
  ['PUT /users/updatepassword', 'account.password_change'],
  ['POST /auth/forgot', 'account.password_forgot'],
  ['POST /lost-password', 'account.password_forgot'],
  ['POST /users/forgotten', 'account.password_forgot'],
  ['POST /forgot-username', 'account.password_forgot'],
  ['POST /credentials/forgot', 'account.password_forgot'],
  ['POST /request-password-reset', 'account.password_forgot'],
  ['POST /password/email', 'account.password_forgot'],
  ['POST /password-reset', 'account.password_reset'],
  ['PUT /password/reset/:token', 'account.password_reset'],
  ['POST /users/:id/reset-password', 'account.password_reset'],
  ['POST /reset-password/confirm', 'account.password_reset'],
  ['POST /account/recovery', 'account.password_forgot'],
  ['PUT /account/recovery', 'account.password_forgot'],
  ['POST /auth/reset/request', 'account.password_forgot'],
  ['POST /auth/reset/:token', 'account.password_reset'],
  ['POST /password/strength', 'strength.create'],
  ['POST /change-password/:ticket', 'account.password_reset'],
  ['POST /password/update', 'account.password_reset', { bodyKeys: ['token', 'password'] }],
  ['PUT /password', 'account.password_reset', { bodyKeys: ['reset_token', 'password'] }],
  ['POST /password/update', 'account.password_change', { bodyKeys: ['current_password', 'password'] }],
  ['PUT /users/:id/password', 'account.password_change'],
  ['PATCH /me/password', 'account.password_change'],
  ['PUT /databases/:id/password', 'password.update'],
  ['POST /change-password', 'account.password_change'],
  ['POST /users/setPassword', 'account.password_change'],
  ['PUT /password', 'account.password_change'],

  ['PATCH /me/team-invitations/:id', 'member.invite_accept'],
  ['DELETE /me/invitations/:id', 'member.invite_decline'],
  ['POST /invitations/:token/accept', 'member.invite_accept'],
  ['POST /invitations/:token', 'member.invite_accept'],
  ['GET /invite/:token/accept', 'member.invite_accept'],
  ['POST /accept-invite', 'member.invite_accept'],
  ['POST /invitations/:id/decline', 'member.invite_decline'],
  ['POST /invitations/:id/revoke', 'member.invite_revoke'],
  ['POST /update-invitation', 'invitation.update'],
  ['POST /delete-invitation', 'member.invite_revoke'],
  ['POST /invitations/validate', 'invitation.read'],
  ['POST /invites/resend', 'member.invite'],
  ['POST /users/invite', 'member.invite'],
  ['POST /orgs/:org/invitations', 'member.invite'],
  ['POST /users.invite', 'member.invite'],
  ['POST /club/update-member-role', 'role.assign'],
  ['POST /admin/stop-impersonating', 'auth.impersonate_stop'],
  ['POST /impersonation/end', 'auth.impersonate_stop'],
  ['DELETE /admin/impersonation', 'auth.impersonate_stop'],
  ['POST /boards/:id/inviteCollaborator', 'member.invite'],
  ['POST /clubs/:id/invite-guests/email', 'member.invite'],
  ['POST /invitations/:id/resend', 'member.invite'],
  ['DELETE /orgs/:org/invitations/:id', 'member.invite_revoke'],
  ['DELETE /invites/:id/cancel', 'member.invite_revoke'],

  ['POST /signup', 'account.signup'],
  ['POST /newsletter/signup', 'signup.create'],
  ['POST /lessons/:id/signups', 'signup.create'],
  ['POST /users/sign-up', 'account.signup'],
  ['POST /register', 'account.signup'],
  ['POST /auth/registration', 'account.signup'],
  ['POST /auth/local/register', 'account.signup'],
  ['POST /registerUser', 'account.signup'],
  ['POST /shop-auth/registration', 'account.signup'],
  ['POST /our-shop-auth/registration', 'account.signup'],
  ['POST /customers/identity/register', 'account.signup'],

  ['POST /identity-verifications/list', 'identity_verification.list'],
  ['POST /identity-verification/create', 'identity_verification.create'],
  ['POST /identity-verification/retry', 'identity_verification.retry'],
  ['POST /domains/:id/verify', 'domain.verify'],
  ['POST /customers/:id/bank-accounts/:number/verify', 'bank_account.verify'],
  ['POST /users/:id/addresses/:addressId/verify', 'address.verify'],
  ['POST /users/verify-email', 'account.verify'],
  ['POST /email/verification', 'account.verify'],
  ['POST /self-service/verification', 'account.verify'],
  ['GET /verify-email', 'account.verify'],
  ['GET /verify/:token', 'account.verify'],
  ['POST /users/7/verify', 'account.verify'],
  ['POST /customers/request-verification', 'account.verify'],
  ['POST /me/contact-methods/:id/verify', 'account.verify'],
  ['POST /users/:id/address-book/verify/:code', 'account.verify'],
  ['POST /resend-verification', 'account.verify'],
  ['POST /verification/send', 'account.verify'],
  ['GET /confirm/:token', 'account.verify'],
  ['GET /users/confirm', 'account.verify'],
  ['GET /account/confirm/:token', 'account.verify'],
  ['GET /email-change/confirm', 'account.verify'],
  ['POST /confirm-email', 'account.verify'],
  ['POST /auth/resend', 'account.verify'],
  ['POST /resend-code', 'account.verify'],
  ['POST /activate/resend', 'account.verify'],
  ['GET /activate/:token', 'account.verify'],
  ['POST /reauthenticate', 'account.verify'],

  ['POST /auth/refresh', 'auth.token_refresh'],
  ['POST /token/refresh', 'auth.token_refresh'],
  ['POST /refresh-token', 'auth.token_refresh'],
  ['POST /session/renew', 'auth.token_refresh'],
  ['POST /sessions/:id/access/refresh', 'auth.token_refresh'],
  ['POST /oauth/revoke', 'token.revoke'],
  ['POST /connect/revocation', 'token.revoke'],
  ['POST /session/token/revoke', 'token.revoke'],
  ['POST /oauth/token', 'token.create'],
  ['POST /oauth2/access_token', 'token.create'],
  ['POST /auth/token', 'token.create'],
  ['POST /account/jwt', 'token.create'],
  ['POST /oauth/introspect', 'token.introspect'],
  ['POST /oauth2/token/introspection', 'token.introspect'],
  ['POST /tokenCreate', 'auth.login'],
  ['POST /token/obtain', 'token.create'],

  ['GET /login/oauth2/code/:id', 'auth.login'],
  ['GET /login/magic/:token', 'auth.login'],
  ['GET /auth/google/callback', 'auth.login'],
  ['POST /saml/acs', 'auth.login'],
  ['POST /magic-link', 'auth.login'],
  ['GET /magic-link/:token', 'auth.login'],
  ['POST /auth/otp/send', 'auth.mfa_challenge'],
  ['POST /send-otp', 'auth.mfa_challenge'],
  ['POST /otp', 'auth.login'],
  ['POST /sso/:id', 'auth.login'],
  ['POST /login', 'auth.login'],
  ['POST /login/access-token', 'auth.login'],
  ['POST /settings/login', 'login.create'],
  ['POST /webhooks/:name/callback', 'callback.create'],
  ['POST /users/auth-with-password', 'auth.login'],
  ['POST /users/sign_in', 'auth.login'],
  ['POST /signIn', 'auth.login'],
  ['POST /auth/logon', 'auth.login'],
  ['POST /authenticate', 'auth.login'],
  ['POST /sessions', 'auth.login'],
  ['POST /sessions/anonymous', 'auth.login'],
  ['POST /auth.session.create', 'auth.login'],
  ['POST /auth', 'auth.login'],
  ['POST /auth/ldap', 'auth.login'],
  ['GET /oauth/authorize', 'auth.redirect'],
  ['GET /auth/github', 'auth.redirect'],
  ['GET /session/openid/auth', 'auth.redirect'],
  ['GET /login/google', 'auth.redirect'],

  ['PUT /users/:id/roles', 'role.assign'],
  ['POST /users/:id/roles/:roleId', 'role.assign'],
  ['POST /users/:id/role-mappings/shop', 'role.assign'],
  ['DELETE /users/:id/role-mappings/shop', 'role.revoke'],
  ['DELETE /users/:id/roles/:roleId', 'role.revoke'],
  ['PUT /roles/:role/users/:id', 'role.assign'],
  ['DELETE /roles/:role/members/:id', 'role.revoke'],
  ['POST /roles/assign', 'role.assign'],
  ['POST /roles/:id/users', 'role.assign'],
  ['POST /permissions/assign', 'role.assign'],
  ['POST /users/update-role', 'role.assign'],
  ['POST /users.update_role', 'role.assign'],
  ['POST /club/update-member-role', 'role.assign'],
  ['POST /roles/unassign', 'role.revoke'],
  ['PUT /users/:id/permissions', 'role.assign'],
  ['DELETE /users/:id/permissions/:permission', 'role.revoke'],
  ['POST /users/:id/make-admin', 'role.assign'],
  ['POST /users/:id/remove-admin', 'role.revoke'],

  ['POST /users', 'account.signup', { anonymous: true }],
  ['POST /account', 'account.signup', { anonymous: true }],
  ['POST /customers', 'account.signup', { anonymous: true }],

  ['PATCH /me', 'account.password_change', { bodyKeys: ['old_password', 'new_password'] }],
  ['PATCH /users/:id', 'account.password_change', { bodyKeys: ['password'] }],
  ['PUT /profile', 'account.password_change', { bodyKeys: ['currentPassword', 'newPassword'] }],
  ['PUT /account', 'account.password_change', { bodyKeys: ['newPassword'] }],
];

test.each(FLOW_ROUTES.map(([request, action, more]) => ({ request, action, more })))('$request is $action', (row) => {
  expect(see(row.request, row.more).action).toBe(row.action);
});

test.each([
  ['POST /lost-items', 'lost_item.create'],
  ['POST /umbrellas/:id/mark-lost', 'umbrella.mark_lost'],
  ['POST /umbrellas/:id/lost', 'umbrella.lost'],
  ['POST /rooms/:id/forget', 'room.forget'],
  ['POST /users/:id/forget', 'user.forget'],
  ['POST /cards/:id/report-lost', 'report_lost.create'],
  ['POST /emission-factors', 'emission_factor.create'],
  ['POST /customers/:id/orders/:orderId/verify', 'order.verify'],
  ['POST /phone-calls/:id/verify', 'phone_call.verify'],
  ['POST /signup-forms', 'signup_form.create'],
  ['PUT /clients/:id/logout-urls', 'logout_url.update'],
  ['POST /posts/:id/login-required', 'login_required.create'],
  ['PUT /printers/:id/password', 'password.update'],
])('%s is no security event, but %s', (request, action) => {
  const seen = see(request);
  expect(seen.action).toBe(action);
  expect(seen.kind).not.toBe('flow');
});

test('every row of the table has a route of its own here', () => {
  const used = new Set<Flow>();
  for (const [request] of FLOW_ROUTES) {
    const [method = '', route = ''] = request.split(' ');
    for (const flow of rowsFor(method, readRoute(route))) {
      used.add(flow);
      if (flow.keys === undefined && flow.anonymous !== true) break;
    }
  }
  expect(FLOWS.filter((flow) => !used.has(flow)).map((flow) => `${flow.on} ${flow.phrase.source}`)).toEqual([]);
});

test.each([...GRANTS])('grant %s decides what a request for a token is', (grant, flow) => {
  const seen = see('POST /oauth/token', { body: { grant_type: grant } });
  expect(seen).toMatchObject({ action: flow.then, varies: true, event: grant !== 'refresh_token' });
});

test('a request for a token is a login when it brings a password, and the issue of a token otherwise', () => {
  expect(see('POST /oauth/token', { body: { grant_type: 'client_credentials' } }).action).toBe('token.create');
  expect(see('POST /auth/token', { bodyKeys: ['username', 'password'] }).action).toBe('auth.login');
  expect(see('POST /auth/token', { bodyKeys: ['code'] })).toMatchObject({ action: 'token.create', varies: true });
});

test.each([
  ['POST /de/anmelden/login', 'auth.login'],
  ['POST /api/v1/auth/login', 'auth.login'],
  ['POST /realms/:realm/login', 'auth.login'],
  ['POST /wp-login.php', 'auth.login'],
  ['POST /accounts:signInWithPassword', 'auth.login'],
  ['POST /auth/login/', 'auth.login'],
])('prefixes and spellings do not hide %s', (request, action) => {
  expect(see(request).action).toBe(action);
});

test.each([
  'GET /login',
  'GET /signup',
  'GET /invitations',
  'GET /users/:id/roles',
  'GET /reset-password/:token',
  'POST /login/settings',
  'POST /orders/:id/confirm',
  'POST /devices/register',
  'POST /payments/:id/authorize',
  'POST /orders/:id/refresh',
  'POST /verification-templates',
  'DELETE /cart/sessions/:id/items/:itemId',
])('%s is none of the flows', (request) => {
  expect(see(request).kind).not.toBe('flow');
});

test('the current password alone, among much else, confirms an update and is no change of it', () => {
  const bodyKeys = ['name', 'email', 'phone', 'locale', 'currentPassword'];
  expect(see('PUT /users/:id', { bodyKeys }).action).toBe('user.update');
  expect(see('PUT /users/:id', { bodyKeys: [...bodyKeys, 'newPassword'] }).action).toBe('account.password_change');
});

test('a secret in the path is never the id of the resource', () => {
  for (const request of ['POST /reset-password/:token', 'GET /verify/:code', 'POST /invitations/:inviteToken/accept']) {
    expect(see(request).idParam).toBeUndefined();
  }
  expect(see('PUT /users/:id/password').idParam).toBe('id');
  expect(see('DELETE /orgs/:orgId/invitations/:id')).toMatchObject({ idParam: 'id', tenantParam: 'orgId' });
});

test('token refresh and the first leg of a redirect are no events', () => {
  expect(see('POST /auth/refresh')).toMatchObject({ event: false, kind: 'silent' });
  expect(see('GET /auth/google')).toMatchObject({ event: false, kind: 'silent' });
});

test('a deleted invitation stays a delete', () => {
  expect(see('DELETE /invitations/:id')).toMatchObject({ kind: 'crud', operation: 'delete' });
});
