import { type Check, is } from '../../model/check.js';

const text: Check = is.either(is.text, is.listOf(is.text));
const status: Check = is.integer(100, 599);

/** The members of a rule of recognition. */
export const RULE_CHECKS: Readonly<Record<string, Check>> = {
  name: is.text,
  when: is.object,
  then: is.object,
};

/** The members of `when`. */
export const WHEN_CHECKS: Readonly<Record<string, Check>> = {
  method: text,
  route: text,
  handler: text,
  bodyKeys: text,
  queryKeys: text,
  status: is.either(status, is.listOf(status)),
  anonymous: is.boolean,
  action: text,
  resource: text,
};

/** The members of `then`. */
export const THEN_CHECKS: Readonly<Record<string, Check>> = {
  action: is.text,
  category: is.oneOf('auth', 'account', 'access', 'data', 'config', 'system', 'audit'),
  operation: is.oneOf('create', 'read', 'update', 'delete', 'execute'),
  resource: is.text,
  idParam: (value) => (value === null || is.text(value) === undefined ? undefined : 'a non-empty string or null'),
  event: is.boolean,
};
