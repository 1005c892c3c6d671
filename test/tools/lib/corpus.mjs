/** What `npm run corpus` does with one row: hands over what a middleware would see, and prints the answer in the scorer's words. */

/** The categories of a corpus, by the actions of the table of flows. */
export const CATEGORIES = {
  'auth.login': 'auth.login',
  'auth.impersonate': 'auth.login',
  'auth.impersonate_stop': 'auth.logout',
  'auth.logout': 'auth.logout',
  'auth.redirect': 'none',
  'auth.token_refresh': 'auth.token',
  'auth.mfa_challenge': 'auth.mfa',
  'auth.mfa_verify': 'auth.mfa',
  'account.mfa_enable': 'auth.mfa',
  'account.mfa_disable': 'auth.mfa',
  'account.password_change': 'auth.password_change',
  'account.password_forgot': 'auth.password_reset',
  'account.password_reset': 'auth.password_reset',
  'account.signup': 'user.signup',
  'account.verify': 'auth.verify',
  'member.invite': 'user.invite',
  'member.invite_accept': 'user.invite_accept',
  'member.invite_decline': 'other',
  'member.invite_revoke': 'other',
  'role.assign': 'access.role_change',
  'role.revoke': 'access.role_change',
  'token.create': 'auth.token',
  'token.introspect': 'auth.token',
  'token.revoke': 'auth.token',
};

/** The prediction for one row of a corpus: `{ i, action, resource, id }`. */
export function predict(row, recognise) {
  const seen = recognise(visible(row));
  return { i: row.i, action: categoryOf(seen), resource: seen.resource ?? null, id: seen.idParam ?? null };
}

/** Picks, one by one, the facts that a middleware has. Whatever else a row holds is not looked at. */
export function visible(row) {
  const { method, path, query, bodyKeys, body, anon, status } = row;
  return {
    method,
    route: path,
    ...(query === undefined ? {} : { queryKeys: Array.isArray(query) ? query : Object.keys(query) }),
    ...(bodyKeys === undefined ? {} : { bodyKeys }),
    ...(body === undefined ? {} : { body }),
    ...(anon === undefined ? {} : { anonymous: anon }),
    ...(status === undefined ? {} : { status }),
  };
}

function categoryOf({ event, kind, action, operation }) {
  if (kind === 'flow' || kind === 'silent') return CATEGORIES[action] ?? (event ? 'other' : 'none');
  const verb = action.slice(action.lastIndexOf('.') + 1);
  if (verb === 'export') return 'data.export';
  if (verb === 'list') return 'list';
  return operation === 'execute' ? 'other' : operation;
}
