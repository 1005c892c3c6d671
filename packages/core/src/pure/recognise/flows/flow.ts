import type { Category, Operation } from '../../../model/event.js';
import type { Meaning } from './meanings.js';

/** Which methods a row is for: `write` is POST, PUT, PATCH and DELETE; `set` is POST, PUT and PATCH. */
export type FlowMethod = 'any' | 'write' | 'set' | 'get' | 'post' | 'put' | 'delete';

/** Body keys that tell a flow: `sure` always, `short` when the body brings little else. */
interface Keys {
  readonly sure: RegExp;
  readonly short: RegExp;
}

/** One row of the table: the first whose method and phrase match names the action. */
export interface Flow {
  /** Words of which the phrase must hold one, so that few rows are tried: `invite`. */
  readonly about: string;
  readonly on: FlowMethod;
  /** Matches the phrase of a route (`phraseOf`): `/users/:/password`. */
  readonly phrase: RegExp;
  /** Names in body or query of which one must be there. Such a row depends on more than the route. */
  readonly keys?: Keys;
  /** Absent: the row says what is no flow. */
  readonly then?: string;
  readonly category: Category;
  readonly operation: Operation;
  readonly resource: string;
  /** True when only a visitor who is not signed in does this: a signup by `POST /users`. Depends on more than the route. */
  readonly anonymous?: boolean;
  /** True when `grant_type` decides. */
  readonly grant?: boolean;
  /** What people read: 'POST /sessions is a login'. */
  readonly is: string;
  /** True when the row only gives method and shape another name: `POST /members` is `member.add`, and stays a create. */
  readonly named?: boolean;
  readonly silent?: boolean;
  /** True when the last parameter must be a secret by its name: `/invitations/:token`. */
  readonly secret?: boolean;
}

/** Whose account it is, in phrases. */
export const PEOPLE =
  '(?:user|member|membership|account|employee|person|admin|customer|me|collaborator|staff|profile|self|identity|group|team|service account|client|people|owner)';
/** Who can hold a role. */
export const HOLDER =
  '(?:user|member|membership|employee|person|admin|me|collaborator|staff|profile|group|team|service account|user group)';
/** The account of whoever asks. */
export const SELF = '(?:me|account|profile|self|current user|user|current|my account|my profile|my)';

/** An update is a change of password. The current one alone may only confirm another change. */
export const NEW_PASSWORD: Keys = {
  sure: /^(?:new|old|confirm)_?password$|^password_?confirmation$/i,
  short: /^(?:current_?)?password$/i,
};

/** A new password comes with the secret of a mail. */
export const MAILED_TOKEN: Keys = { sure: /^(?:password_?)?(?:reset_?)?token$/i, short: /^reset_?(?:key|code)$/i };

/** A row of a table of flows. Without a meaning it says what is no flow. */
export function row(
  about: string,
  on: FlowMethod,
  phrase: RegExp,
  meaning: Meaning | undefined,
  how?: 'named' | 'silent' | 'grant' | 'anonymous' | 'secret',
): Flow {
  const [then, category, operation, resource, is] = meaning ?? [undefined, 'data', 'execute', '', ''];
  return {
    about,
    on,
    phrase,
    ...(then === undefined ? {} : { then }),
    category,
    operation,
    resource,
    is,
    ...(how === 'named' ? { named: true } : {}),
    ...(how === 'silent' ? { silent: true } : {}),
    ...(how === 'grant' ? { grant: true } : {}),
    ...(how === 'anonymous' ? { anonymous: true } : {}),
    ...(how === 'secret' ? { secret: true } : {}),
  };
}

/** A row that holds when the body brings one of the keys. */
export function keyed(about: string, on: FlowMethod, phrase: RegExp, meaning: Meaning, keys: Keys): Flow {
  return { ...row(about, on, phrase, meaning), keys };
}
