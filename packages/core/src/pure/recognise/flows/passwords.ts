import { type Flow, keyed, MAILED_TOKEN, PEOPLE, row } from './flow.js';
import { CHANGE, FORGOT, RESET } from './meanings.js';

/** Passwords: asked for, reset, changed. */
export const PASSWORDS: readonly Flow[] = [
  // Rooms and people are forgotten as well.
  row(
    'forgot',
    'set',
    /\bforgot\b.*\b(?:password|credential|login|username)\b|\b(?:password|credential|login|username)\b.*\bforgot\b/,
    FORGOT,
  ),
  row('forgot', 'set', new RegExp(`^(?:/(?:auth|authenticate|public|${PEOPLE}))*/forgot(?:/:)?$`), FORGOT),
  row('password', 'set', /\b(?:request|send|recover|resend|init|initiate)\b.*\bpassword\b(?!\/confirm)/, FORGOT),
  row(
    'password',
    'set',
    /\bpassword\b.*\b(?:request|forgot|send|email|recover|init|initiate|remind|reminder)\b/,
    FORGOT,
  ),
  row(
    'password',
    'set',
    /\bpassword reset$|\bpassword\/reset$|\breset\/password$|\breset password$|\bpassword resets?(?:\/:)?$/,
    RESET,
  ),
  row('password', 'set', /\bpassword\b.*\breset\b|\breset\b.*\bpassword\b/, RESET),
  row(
    'recover',
    'set',
    /^(?:\/auth|\/account|\/user|\/identity|\/self service)*\/(?:account )?recover(?: account)?(?:\/|$)/,
    FORGOT,
  ),
  row('reset', 'set', /^\/(?:auth|account|user)\/reset\/(?:request|send|email|init)$/, FORGOT),
  row('reset', 'set', /^\/(?:auth|account|user|login action)\/reset(?:\/:|\/confirm)?$|\breset credential\b/, RESET),
  row(
    'password',
    'set',
    /\bpassword\b.*\b(?:verify|check|validate|strength|policy|hash|generate|expire|setting|option|compromised|breach)\b/,
    undefined,
  ),
  row('password', 'set', /\bchange password\/:$/, RESET),
  keyed('password', 'set', /(?:^|[/ ])password(?:\/(?:change|update|set|new))?$/, RESET, MAILED_TOKEN),
  // Things that are locked with one.
  row(
    'password',
    'write',
    /\b(?:archive|camera|certificate|cluster|database|device|document|file|folder|instance|key|link|meeting|network|page|post|printer|room|router|server|share|site|vault|wallet|wifi)(?:\/:)?\/password$/,
    undefined,
  ),
  row(
    'password',
    'write',
    new RegExp(`(?:^|/)(?:${PEOPLE}|auth|:|security|setting|credential)(?:/:)*/(?:current )?password$`),
    CHANGE,
  ),
  row(
    'password',
    'set',
    /\b(?:change|update|set|edit|modify|new|create|remove|rotate)\b.*\bpassword$|\bpassword\b.*\b(?:change|update|set)$/,
    CHANGE,
  ),
  row('password', 'set', /^\/password$/, CHANGE),
];
