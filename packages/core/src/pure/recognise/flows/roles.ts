import { type Flow, HOLDER, row } from './flow.js';
import { ROLE_ASSIGN, ROLE_REVOKE } from './meanings.js';

/** Who may do what. */
export const ROLES: readonly Flow[] = [
  row(
    'role',
    'set',
    new RegExp(
      `\\b${HOLDER}(?:/:)+/(?:update |set |assign |add |change )?(?:\\w+ )?role(?: mapping(?:/\\w+)?| assignment)?(?:/:)*$`,
    ),
    ROLE_ASSIGN,
  ),
  row(
    'role',
    'delete',
    new RegExp(`\\b${HOLDER}(?:/:)+/(?:\\w+ )?role(?: mapping(?:/\\w+)?| assignment)?(?:/:)*$`),
    ROLE_REVOKE,
  ),
  row(
    'role',
    'set',
    /\b(?:user|member|admin)\/(?:update|set|change|assign) role$|\b(?:update|set|change|assign) (?:user|member) role$/,
    ROLE_ASSIGN,
  ),
  row('role', 'set', new RegExp(`\\brole(?:/:)?/${HOLDER}/:(?:/:)?$`), ROLE_ASSIGN),
  row('role', 'delete', new RegExp(`\\brole(?:/:)?/${HOLDER}/:(?:/:)?$`), ROLE_REVOKE),
  row(
    'role',
    'set',
    /\b(?:assign|grant) (?:\w+ )?role$|\badd (?:user|member) to role$|\brole\/(?:assign|grant)$/,
    ROLE_ASSIGN,
  ),
  row(
    'role',
    'set',
    /\b(?:unassign|revoke|remove) (?:\w+ )?role$|\bremove (?:user|member) from role$|\brole\/(?:unassign|revoke)$/,
    ROLE_REVOKE,
  ),
  row('role', 'post', new RegExp(`^(?:/admin)?/role/:/${HOLDER}$`), ROLE_ASSIGN),
  row('permission', 'set', /^\/permission\/(?:assign|grant)$/, ROLE_ASSIGN),
  row('admin', 'set', /\b(?:user|member)(?:\/:)?\/(?:make|set|grant|add) admin$/, ROLE_ASSIGN),
  row('admin', 'write', /\b(?:user|member)(?:\/:)?\/(?:remove|revoke|unset) admin$/, ROLE_REVOKE),
  row('permission', 'delete', /\b(?:user|member)(?:\/:)+\/permission(?:\/:)?$/, ROLE_REVOKE),
  row('permission', 'set', /\b(?:user|member)(?:\/:)+\/permission(?: profile)?$/, ROLE_ASSIGN),
];
