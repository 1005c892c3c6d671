import { type Flow, PEOPLE, row } from './flow.js';
import { SIGNUP } from './meanings.js';

/** How an account begins. */
export const SIGNUPS: readonly Flow[] = [
  // Who signs up for something has an account, or needs none.
  row(
    'signup',
    'post',
    /\b(?:campaign|class|course|event|form|lesson|newsletter|program|shift|trip|waitlist|webinar|workshop)(?:\/:)?\/signup$/,
    undefined,
  ),
  row(
    'signup',
    'post',
    /\bsignup\b(?!.*\b(?:setting|config|verify|attempt|prepare|form|sheet|page|template)\b)/,
    SIGNUP,
  ),
  row(
    'register',
    'post',
    new RegExp(
      `^(?:/(?:(?:\\w+ ){0,3}auth|authenticate|${PEOPLE}|login action|self service|public|store|local|email|password|realm/:)){0,5}(?:/:)?/(?:${PEOPLE} |first )?register(?: ${PEOPLE})?(?:/new)?$`,
    ),
    SIGNUP,
  ),
];
