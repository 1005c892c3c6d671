import { type Flow, row } from './flow.js';
import { VERIFY } from './meanings.js';

/** Addresses proved by a link or a code; by GET where the link of a mail leads. */
export const VERIFICATION: readonly Flow[] = [
  // What is listed, read and retried is a thing, such as the check of somebody's papers.
  row('verify', 'any', /\bverify\/(?:create|get|list|read|retry|search|template|setting|history)(?:\/:)?$/, undefined),
  row(
    'verify',
    'post',
    /\b(?:address|bank account|card|document|payment method|source|domain|webhook|signature|receipt|certificate|dns|license key|payment|transaction|token|runner|client|purchase|sender|caller)(?:\/:)?\/verify\b|\bverify (?:domain|password|token|receipt|signature)/,
    undefined,
  ),
  row(
    'verify',
    'write',
    /\b(?:email|phone|account|user|auth|signup|register|me|identity|sms|mail|contact(?: method| point)?|customer|code|otp|reset)(?:(?:\/(?::|\d+))*[/ ](?:(?:check|complete|confirm|request|resend|send|start) )?verify\b|\b.*\bverify\/:$)|\/(?:auth|signup|register|me)(?:\/\w+)+\/verify\b|\bverify\b.*\b(?:email|phone|account|user|code|otp|sms|mail|identity|link)\b/,
    VERIFY,
  ),
  row(
    'verify',
    'post',
    /\b(?:resend|send|attempt|prepare|start|check) verify\b|\bverify\/(?:resend|send|start|check)\b/,
    VERIFY,
  ),
  row(
    'verify',
    'any',
    /^(?:\/(?:auth|account|user|email|self service))?\/verify(?: email| account)?(?:\/:)?$|\bverify email\b|\bemail\b.*\bverify\b/,
    VERIFY,
  ),
  row(
    'confirm',
    'any',
    /\bconfirm (?:email|account|phone|registration|register|signup|user|mail|address|new email)\b|\b(?:email|phone|account|register|signup|user|mail)(?: change)? confirm\b|\b(?:email|account|phone|register|auth|mail|me)(?: change)?\/(?:change\/)?confirm\b|^\/confirm$|^(?:\/(?:auth|account|user))?\/confirm\/:$|^\/user\/confirm$/,
    VERIFY,
  ),
  row(
    'resend',
    'post',
    /\bresend\b.*\b(?:verify|confirm|activation|code|email)\b|^\/auth\/resend$|\b(?:verify|confirm|activate|activation|code)\b.*\bresend\b/,
    VERIFY,
  ),
  row('activate', 'any', /\bactivate account\b|^(?:\/(?:auth|account|user))?\/activate(?:\/:)$/, VERIFY),
  row('reauthenticate', 'post', /\breauthenticate$/, VERIFY),
];
