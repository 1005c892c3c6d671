import { actorFromClaims } from '../pure/actor/index.js';

/** What the answer to a login says, whatever it is wrapped in. */
export interface LoginAnswer {
  /** Objects that stand where a user stands, likeliest first. */
  readonly people: readonly Members[];
  /** Objects that may be the user themselves: what wraps the answer, and the answer. */
  readonly holders: readonly Members[];
  readonly tokens: readonly string[];
  /** In words, a flag or a code: it worked, it did not. Undefined: it does not say. */
  readonly worked: boolean | undefined;
  /** The password was right; a code is still asked for. */
  readonly asksSecondFactor: boolean;
}

type Members = Readonly<Record<string, unknown>>;

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const PEOPLE = words('user me viewer currentuser loggedinuser authuser userinfo userdata userdetails profile person');
/** As often what the user belongs to. */
const OTHERS = words('account member customer client employee admin owner principal identity player');
const TOKENS = words(`token accesstoken jwt idtoken authtoken sessiontoken bearertoken bearer apitoken refreshtoken
  sessionid sessionkey jwttoken usertoken`);
const JWT = /^ey[\w-]+\.[\w-]+\.[\w-]*$/;
const FLAGS = words(`success ok authenticated isauthenticated authorized authorised valid isvalid loggedin isloggedin
  succeeded login auth signedin`);
const CODES = words('status statuscode code httpstatus httpcode result');
const ERRORS = words('error errors err failure failures issues problem errormessage errorcode');
const MESSAGES = words('message msg detail details reason title description errordescription statustext');
const SECOND_FACTOR =
  /(?:mfa|2fa|twofactor|secondfactor|otp)(?:required|needed|pending|challenge|step|token)|(?:requires?|needs?)(?:mfa|2fa|twofactor|secondfactor|t?otp)|^challenge(?:name)?$/;

const BAD =
  /\b(?:in)?(?:valid|correct)\b|\bwrong|fail|denied|unauthori[sz]ed|forbidden|error|\bbad\b|mismatch|\bnot\b|n['’]t\b|locked|disabled|blocked|expired|unknown|missing|required|too many|^no\b/i;
const GOOD = /^(?:ok|okay|success(?:ful(?:ly)?)?|succeeded|authenticated|logged[ _-]?in|valid|correct)$/i;
const VALID = /^(?:valid|correct)\b/i;

const MAX_OBJECTS = 64;
const MAX_MEMBERS = 64;
const MAX_DEPTH = 4;

/** Reads the answer of a login: parsed JSON, so nothing in it can be hostile but its size. Bounded. */
export function readLoginAnswer(answer: unknown): LoginAnswer {
  const people: Members[] = [];
  const others: Members[] = [];
  const holders: Members[] = [];
  const tokens: string[] = [];
  let worked: boolean | undefined;
  let asksSecondFactor = false;
  const queue: (readonly [holder: Members, depth: number])[] = isMembers(answer) ? [[answer, 0]] : [];
  for (let at = 0; at < queue.length && at < MAX_OBJECTS; at++) {
    const [holder, depth] = queue[at] as (typeof queue)[number];
    const isPerson = people.includes(holder) || others.includes(holder);
    if (!isPerson) holders.unshift(holder);
    let seen = 0;
    for (const key in holder) {
      if (++seen > MAX_MEMBERS) break;
      const value = holder[key];
      const name = unify(key);
      if (typeof value === 'string' && value !== '' && (TOKENS.has(name) || JWT.test(value))) tokens.push(value);
      // What a user object holds is about the user: their status is not that of the login.
      if (!isPerson) {
        const said = saidBy(name, value);
        worked = worked === false || said === undefined ? worked : said;
        asksSecondFactor ||= SECOND_FACTOR.test(asked(name, value)) && !isNothing(value);
      }
      if (!isMembers(value) || depth >= MAX_DEPTH) continue;
      if (PEOPLE.has(name)) people.push(value);
      else if (OTHERS.has(name)) others.push(value);
      queue.push([value, depth + 1]);
    }
  }
  return { people: [...people, ...others], holders, tokens, worked, asksSecondFactor };
}

/** Case and separators do not count: `access_token` is `accessToken`. */
function unify(text: string): string {
  return text
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** What one member says of the login. One that says no outweighs all that say yes. */
function saidBy(name: string, value: unknown): boolean | undefined {
  if (FLAGS.has(name) && typeof value === 'boolean') return value;
  if (ERRORS.has(name)) return isNothing(value) ? undefined : false;
  if (CODES.has(name)) {
    if (typeof value === 'number')
      return value >= 400 && value < 600 ? false : (value >= 200 && value < 300) || undefined;
    if (typeof value === 'string') return saidInWords(value.replace(/[_-]/g, ' '));
  }
  if (MESSAGES.has(name) && typeof value === 'string') return saidInWords(value);
  return (PEOPLE.has(name) || TOKENS.has(name)) && (value === null || value === false) ? false : undefined;
}

/** `{ mfaRequired: true }` and `{ status: 'MFA_REQUIRED' }` ask the same. */
function asked(name: string, value: unknown): string {
  return CODES.has(name) && typeof value === 'string' ? unify(value) : name;
}

function saidInWords(text: string): boolean | undefined {
  const short = text.slice(0, 256).trim();
  if (GOOD.test(short)) return true;
  return BAD.test(short) && !VALID.test(short) ? false : undefined;
}

function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isMembers(value)) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === false || value === '' || value === 0;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The claims of a token that this very application has just issued; nobody else's token is ever read. */
export function issuedClaims({ tokens }: LoginAnswer): Members | undefined {
  for (const token of tokens) {
    const [, payload] = token.length < 8_192 ? token.split('.', 3) : [];
    if (payload === undefined) continue;
    try {
      const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
      if (isMembers(claims) && actorFromClaims(claims) !== undefined) return claims;
    } catch {
      // A token of another kind.
    }
  }
  return undefined;
}
