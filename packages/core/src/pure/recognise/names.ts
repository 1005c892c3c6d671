import type { Category } from '../../model/event.js';

interface Name {
  readonly then: string;
  readonly category: Category;
}

/** Resources and verbs that have one name in every product: `[resources, verbs, action, category]`. */
export const NAMES: readonly (readonly [resources: string, verbs: string, then: string, category: Category])[] = [
  ['member membership collaborator', 'create add', 'member.add', 'access'],
  ['member membership collaborator', 'delete remove kick', 'member.remove', 'access'],
  ['user', 'update_own', 'account.update', 'account'],
  ['user', 'delete_own', 'account.delete', 'account'],
  ['user account customer', 'lock', 'account.lock', 'account'],
  ['user account customer', 'unlock', 'account.unlock', 'account'],
  ['user account customer', 'disable deactivate suspend ban block', 'account.disable', 'account'],
  ['user account customer', 'enable activate reactivate unsuspend unban unblock', 'account.enable', 'account'],
  [
    'token api_key apikey api_token access_token personal_access_token access_key service_token',
    'create generate',
    'token.create',
    'access',
  ],
  [
    'token api_key apikey api_token access_token personal_access_token access_key service_token',
    'delete revoke',
    'token.revoke',
    'access',
  ],
];

const BY_KEY: ReadonlyMap<string, Name> = new Map(
  NAMES.flatMap(([resources, verbs, then, category]) =>
    resources
      .split(' ')
      .flatMap((resource) => verbs.split(' ').map((verb) => [`${resource}.${verb}`, { then, category }] as const)),
  ),
);

/** The name that every product shares for this verb on this resource, if it has one. */
export function nameOf(resource: string | undefined, verb: string): Name | undefined {
  return resource === undefined ? undefined : BY_KEY.get(`${resource}.${verb}`);
}
