import { callOf } from './calls.js';
import { meaningOf } from './meaning.js';
import { effectiveMethod } from './method.js';
import { readRoute } from './route.js';
import { silentOf } from './silent.js';
import type { RecogniseInput, Recognition } from './types.js';

/**
 * Turns what a middleware sees of a request into an action, with no configuration: `POST /orders/:id/refund` is
 * `order.refund`. Pure: no clock, no I/O, the input is not changed. Never throws, whatever the route and the body are;
 * bounded in time and memory.
 *
 * The answer may be cached by `answerKey` and route, unless it says that it `varies`.
 */
export function recognise(input: RecogniseInput): Recognition {
  const method = effectiveMethod(input);
  const route = readRoute(input.route);
  return Object.freeze(
    silentOf(method, route, input) ?? callOf(method, route, input) ?? meaningOf(method, route, input),
  );
}
