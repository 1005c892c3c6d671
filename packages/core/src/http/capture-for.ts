import type { Level } from '../model/event.js';
import { captureOf } from '../pure/build.js';
import type { Deed } from '../pure/deed.js';
import type { Draft } from '../pure/draft.js';
import type { Plan } from './plan.js';
import type { RequestScope } from './request-scope.js';

/** How this request was captured; for what the route alone says it is kept with the plan. */
export function captureFor(
  scope: RequestScope,
  plan: Plan,
  { because }: Deed,
  by: string,
  level: Level,
  rule: string | undefined,
): Draft['capture'] {
  const binding = scope.binding.by;
  if (because !== undefined)
    return captureOf(binding, `${whyOf(scope, plan)}, and ${because}; actor: ${by}`, level, rule);
  if (scope.level !== undefined) return captureOf(binding, `${whyOf(scope, plan)}; actor: ${by}`, level, undefined);
  if (scope.action !== undefined) return captureOf(binding, `${whyOf(scope, plan)}; actor: ${by}`, level, rule);
  for (const kept of plan.captures) {
    if (kept.by === by && kept.capture.level === level && kept.capture.rule === rule) return kept.capture;
  }
  const capture = captureOf(binding, `${whyOf(scope, plan)}; actor: ${by}`, level, rule);
  if (plan.captures.length < 8) plan.captures.push({ by, capture });
  return capture;
}

function whyOf(scope: RequestScope, { recognition }: Plan): string {
  return scope.action === undefined ? recognition.why : 'named by the application';
}
