import type { Category, Operation, Outcome, Severity } from '../model/event.js';

/** What an action's own words say about it, for events that are recorded by hand. */
const CATEGORY_BY_RESOURCE: Readonly<Record<string, Category>> = {
  auth: 'auth',
  login: 'auth',
  logout: 'auth',
  session: 'auth',
  mfa: 'auth',
  account: 'account',
  user: 'account',
  password: 'account',
  profile: 'account',
  member: 'access',
  role: 'access',
  permission: 'access',
  token: 'access',
  api_key: 'access',
  invitation: 'access',
  config: 'config',
  setting: 'config',
  settings: 'config',
  feature: 'config',
  webhook: 'config',
  job: 'system',
  system: 'system',
  audit: 'audit',
};

const OPERATION_BY_VERB: Readonly<Record<string, Operation>> = {
  create: 'create',
  add: 'create',
  invite: 'create',
  signup: 'create',
  register: 'create',
  import: 'create',
  upload: 'create',
  read: 'read',
  list: 'read',
  get: 'read',
  view: 'read',
  search: 'read',
  export: 'read',
  download: 'read',
  update: 'update',
  change: 'update',
  set: 'update',
  assign: 'update',
  enable: 'update',
  disable: 'update',
  rename: 'update',
  move: 'update',
  restore: 'update',
  lock: 'update',
  unlock: 'update',
  password_change: 'update',
  password_reset: 'update',
  delete: 'delete',
  remove: 'delete',
  revoke: 'delete',
  destroy: 'delete',
  purge: 'delete',
};

const HIGH =
  /^(?:role\.|permission\.|auth\.impersonate|token\.create|account\.(?:delete|mfa_disable)|audit\.gap|config\.)/;
const MEDIUM =
  /^(?:audit\.coverage_gap|account\.(?:password|lock|unlock|disable|enable|mfa)|member\.|token\.|api_key\.)|\.(?:delete|remove|purge|export|revoke)$/;

const MAX_ACTION = 120;

/** An action in the one spelling that is stored: lower case, dotted, `[a-z0-9_.]`. */
export function normaliseAction(action: unknown): string {
  if (typeof action !== 'string') return 'unknown';
  if (/^[a-z0-9_]+(?:\.[a-z0-9_]+)*$/.test(action) && action.length <= MAX_ACTION) return action;
  const plain = action
    .slice(0, MAX_ACTION)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '_')
    .replace(/_?\.[._]*/g, '.')
    .replace(/^[._]+|[._]+$/g, '');
  return plain === '' ? 'unknown' : plain;
}

export function categoryOf(action: string): Category {
  const resource = action.slice(0, Math.max(0, action.indexOf('.'))) || action;
  return Object.hasOwn(CATEGORY_BY_RESOURCE, resource) ? (CATEGORY_BY_RESOURCE[resource] as Category) : 'data';
}

export function operationOf(action: string): Operation {
  const verb = action.slice(action.lastIndexOf('.') + 1);
  return Object.hasOwn(OPERATION_BY_VERB, verb) ? (OPERATION_BY_VERB[verb] as Operation) : 'execute';
}

const MAX_BASES = 1_000;
const bases = new Map<string, Severity>();

/** How much attention an event deserves when nobody says otherwise: what was refused is always worth a look. */
export function severityOf(action: string, outcome: Outcome): Severity {
  const base = bases.get(action) ?? keepBase(action);
  if (outcome === 'success' || base === 'high') return base;
  return outcome === 'denied' || action.startsWith('auth.') ? 'medium' : base === 'info' ? 'low' : base;
}

/** Actions are few, so what their words say is kept; bounded, as an action can come from a route. */
function keepBase(action: string): Severity {
  if (bases.size >= MAX_BASES) bases.clear();
  const base: Severity = HIGH.test(action) ? 'high' : MEDIUM.test(action) ? 'medium' : 'info';
  bases.set(action, base);
  return base;
}
