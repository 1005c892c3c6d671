/** A raw path with what looks like an id taken out. */
export interface Template {
  /** `/users/:id/tokens/:id2` */
  readonly route: string;
  /** What stood there, decoded: `{ id: '17', id2: '...' }`. May hold secrets: never store it unredacted. */
  readonly params: Readonly<Record<string, string>>;
}

const MAX_PATH = 4096;
const MAX_SEGMENTS = 32;

/**
 * Makes a route template of a path that no route matched, so that ids and secrets in it name no action and fill no cache.
 * Bounded: 4,096 characters and 32 segments; what is longer ends in `*`.
 */
export function templateOf(pathname: string): Template {
  const path = pathname.length > MAX_PATH ? pathname.slice(0, MAX_PATH) : pathname;
  const cut = path.search(/[?#]/);
  const segments = (cut >= 0 ? path.slice(0, cut) : path).split('/').filter((segment) => segment !== '');
  const params: Record<string, string> = {};
  let found = 0;
  let route = '';
  let before = '';
  for (const [at, segment] of segments.slice(0, MAX_SEGMENTS).entries()) {
    const text = decoded(segment);
    let name: string | undefined;
    if (LEADS_TO_SECRET.test(before) && mayBeSecret(text) && params['token'] === undefined) name = 'token';
    else if (isChosen(text, before, at === segments.length - 1)) name = ++found === 1 ? 'id' : `id${found}`;
    if (name !== undefined) params[name] = text;
    route += name === undefined ? `/${segment}` : `/:${name}`;
    before = text;
  }
  if (segments.length > MAX_SEGMENTS || pathname.length > MAX_PATH) route += '/*';
  return { route: route === '' ? '/' : route, params };
}

/** Behind these stands what a mail or a client was given, in any form that is no word: `/verify-email/Ab3x`. */
const LEADS_TO_SECRET =
  /(?:tokens?|invit(?:es?|ations?)|reset|(?:verif(?:y|ication)|confirm(?:ation)?|activat(?:e|ion))(?:[-_]?e?mail)?|magic(?:[-_]?links?)?|unsubscribe|secrets?|recover)$/i;
const WORD = /^[A-Z]?[a-z]+(?:(?:[-_.][A-Z]?|[A-Z])[a-z]+)*$|^v\d{1,3}$|^[2m]fa$/;

function mayBeSecret(text: string): boolean {
  return !WORD.test(text) && !IDS.slice(0, 3).some((id) => id.test(text));
}

/** What stands behind these, with more behind it, is the name that a customer chose: `/orgs/acme/projects`. */
const CUSTOMERS: ReadonlySet<string> = new Set(['orgs', 'organizations', 'organisations', 'tenants', 'workspaces']);

/** What a tRPC client calls, however many at once. */
const PROCEDURES = /^[A-Za-z]\w{0,60}\.[\w.,]{1,1000}$/;

function isChosen(text: string, before: string, isLast: boolean): boolean {
  if (before === 'trpc' && PROCEDURES.test(text)) return false;
  return isId(text) || (!isLast && CUSTOMERS.has(before));
}

const IDS: readonly RegExp[] = [
  /^-?\d+$/, // a number
  /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i, // UUID
  /^[0-9a-f]{16,}$/i, // hexadecimal, ObjectId, hash
  /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i, // ULID
  /@/, // an e-mail address or a handle
  /^\d{4}-\d{2}-\d{2}/, // a date
  /^[A-Za-z]{1,12}_[A-Za-z0-9]*\d[A-Za-z0-9]*$/, // prefixed: user_2abc, cus_9s6XKzkNRiz8i3
  /^[A-Z]{2,10}-\d+$/, // an issue key: ABC-123
  /^ey[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/, // a JSON web token
];

const MAX_WORD = 40;

/** True for what a person did not choose as the name of a route. */
function isId(text: string): boolean {
  if (text.length > 128 || /[^\x20-\x7e]/.test(text)) return true;
  for (const id of IDS) if (id.test(text)) return true;
  if (text.length < 10 || /\.[a-z0-9]{1,5}$/i.test(text)) return false;
  const digits = text.replace(/\D/g, '').length;
  if (digits >= 3 && /^[\w.~+=-]+$/.test(text) && /[a-z]/i.test(text)) return true;
  if (text.length > MAX_WORD && !text.includes('-') && !text.includes('_')) return true;
  return text.length >= 16 && /[a-z]/.test(text) && /[A-Z].*[A-Z].*[A-Z]/.test(text) && /\d/.test(text);
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
