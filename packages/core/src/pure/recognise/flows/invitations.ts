import { type Flow, row } from './flow.js';
import { INVITE, INVITE_ACCEPT, INVITE_DECLINE, INVITE_REVOKE } from './meanings.js';

/** An invitation's life. */
export const INVITATIONS: readonly Flow[] = [
  // What somebody does with an invitation of his own is his answer.
  row('invite', 'put', /^\/(?:me|my|self|my profile|profile)\/(?:\w+ )?invite\/:$/, INVITE_ACCEPT),
  row('invite', 'delete', /^\/(?:me|my|self|my profile|profile)\/(?:\w+ )?invite\/:$/, INVITE_DECLINE),
  row('invite', 'post', /\b(?:update|get|list|find) invite$/, undefined),
  row('invite', 'post', /\bdelete invite$/, INVITE_REVOKE, 'named'),
  row(
    'invite',
    'any',
    /\b(?:accept|redeem|use|claim|join|consume)\b.*\binvite\b|\binvite\b.*\b(?:accept|redeem|use|claim|join|consume|signup|register)\b/,
    INVITE_ACCEPT,
  ),
  row(
    'invite',
    'write',
    /\b(?:decline|reject|refuse)\b.*\binvite\b|\binvite\b.*\b(?:decline|reject|refuse)\b/,
    INVITE_DECLINE,
  ),
  row(
    'invite',
    'set',
    /\b(?:revoke|cancel|delete|remove|withdraw)\b.*\binvite\b|\binvite\b.*\b(?:revoke|cancel|delete|remove|withdraw)\b/,
    INVITE_REVOKE,
  ),
  row(
    'invite',
    'post',
    /\binvite\b.*\b(?:validate|check|verify|list|search|info|preview|setting|config|template)\b/,
    undefined,
  ),
  row(
    'invite',
    'set',
    /\binvite\/(?:resend|send|bulk|batch|email|create|new)$|\b(?:resend|send|create|bulk|add)\b.*\binvite\b/,
    INVITE,
  ),
  row('invite', 'set', /\binvite\/:$/, INVITE_ACCEPT, 'secret'),
  row(
    'invite',
    'post',
    /\binvite(?: (?:user|member|people|person|all|email|link|customer|guest|bulk|agent|collaborator|colleague|contributor|editor|employee|participant|staff|teammate|viewer))?(?:\/(?::|email))?$/,
    INVITE,
  ),
  row('invite', 'post', /\binvite\b.*\b(?:resend|send)\b/, INVITE),
  row(
    'invite',
    'delete',
    /\binvite(?: link| token)?(?:\/:)?(?:\/(?:revoke|cancel|withdraw))?$/,
    INVITE_REVOKE,
    'named',
  ),
];
