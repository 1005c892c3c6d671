import { type Flow, row } from './flow.js';
import { LOGIN, MFA_CHALLENGE, MFA_OFF, MFA_ON, MFA_VERIFY } from './meanings.js';

/** A second factor: enrolled, asked for, checked, removed. `/login/2fa` is a factor, not a login; a passkey can be one. */
export const SECOND_FACTOR: readonly Flow[] = [
  row('passkey', 'post', /\bpasskey mfa\/login\b|\blogin\/passkey mfa\b/, LOGIN),
  row('mfa', 'any', /\bmfa[/ ](?:config|configuration|enforcement|policy|requirement|setting|template)\b/, undefined),
  row('mfa', 'write', /\bmfa\b.*\b(?:disable|deactivate|remove|withdraw|delete|unenroll|off|reset|revoke)\b/, MFA_OFF),
  row('mfa', 'write', /\b(?:disable|deactivate|remove|delete|reset|revoke|unenroll)\b.*\bmfa\b/, MFA_OFF),
  row('mfa', 'delete', /\bmfa(?:\/:)?$/, MFA_OFF),
  row('mfa', 'set', /\bmfa\b.*\b(?:challenge|send|resend|prepare|request)\b/, MFA_CHALLENGE),
  row(
    'mfa',
    'set',
    /\bmfa\b.*\b(?:verify|authenticate|validate|confirm|check|login|attempt|answer|assertion)\b/,
    MFA_VERIFY,
  ),
  row('mfa', 'set', /\b(?:verify|authenticate|validate|confirm|check|login|attempt|challenge)\b.*\bmfa\b/, MFA_VERIFY),
  // Whose session must be verified has logged in before.
  row('session', 'set', /\bsession\/verify$/, MFA_VERIFY),
  row('mfa', 'set', /\bmfa\b/, MFA_ON),
];
