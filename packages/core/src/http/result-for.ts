import type { Actor } from '../model/event.js';
import type { Deed } from '../pure/deed.js';
import { saysNo } from './call-failure.js';
import { callResultOf } from './called.js';
import { type Ending, loginEndingOf, loginResultOf, type Result, resultOf } from './outcome.js';
import { pathOf } from './path.js';
import { redirectedResultOf } from './redirect.js';
import type { RequestScope } from './request-scope.js';

/** What an outcome is judged by, besides the request itself. */
export interface Evidence {
  readonly deed: Deed;
  readonly ending: Ending;
  readonly answer: unknown;
  readonly actor: Actor;
  /** Who somebody said to be. */
  readonly claimed: string | undefined;
  /** It was answered 404, and it was there. */
  readonly isHidden: boolean;
  readonly signsIn: boolean;
}

/** By the status; by what else was answered where the status says little. */
export function resultFor(scope: RequestScope, evidence: Evidence): Result {
  const { actor, answer, deed, ending, signsIn } = evidence;
  const called = scope.called === undefined ? undefined : callResultOf(scope.called, deed);
  if (called !== undefined && ending.complete) return called;
  const plain = plainResultOf(scope, evidence);
  if (plain.outcome !== 'success') return plain;
  if (!signsIn && saysNo(answer)) return REJECTED;
  if (ending.status < 300) return plain;
  // Who is signed in after a login has not failed, whatever is left of an earlier attempt.
  if (signsIn && actor.type === 'user') return plain;
  const location = scope.answerHeaders.getHeader('location');
  if (typeof location !== 'string') return plain;
  const { carrier: request, url } = scope;
  return redirectedResultOf({ action: deed.action, actor, path: pathOf(url), location, request }) ?? plain;
}

function plainResultOf(scope: RequestScope, { actor, answer, claimed, ending, isHidden, signsIn }: Evidence): Result {
  if (signsIn) {
    const login = loginEndingOf(ending, scope.answerHeaders, scope.url, scope.answer);
    return loginResultOf(login, answer, actor, claimed);
  }
  return isHidden ? HIDDEN : resultOf(ending);
}

/** A 404 for what is there: the application does not say no, it says that there is nothing. */
const HIDDEN: Result = Object.freeze({ outcome: 'denied', reason: Object.freeze({ code: 'hidden_by_404' }) });

const REJECTED: Result = Object.freeze({ outcome: 'failure', reason: Object.freeze({ code: 'rejected' }) });
