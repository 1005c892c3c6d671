import type { Category, Operation } from '../model/event.js';
import type { Recognition } from './recognise/index.js';
import { categoryOf, normaliseAction, operationOf } from './words.js';

/** What was done, after everybody who can refine it has spoken. */
export interface Deed {
  readonly action: string;
  readonly category: Category;
  readonly operation: Operation;
  /** What the body says beyond the route, for `capture.why`. */
  readonly because?: string;
}

/** What the application calls it, else what was recognised. */
export function deedOf(named: string | undefined, recognition: Recognition): Deed {
  if (named === undefined) return recognition;
  const action = normaliseAction(named);
  if (action === recognition.action) return recognition;
  return { action, category: categoryOf(action), operation: operationOf(action) };
}

/** True for `order.refund` on `/orders/:id/steps`: what the application names is what the route calls the parent. */
export function isParent({ parent, resource }: Recognition, named: string | undefined): boolean {
  return parent !== undefined && named !== resource && named === parent.type;
}

/** The route parameter that holds the id of what an event is about, when the application names another type. */
export function idParamOf(recognition: Recognition, named: string | undefined): string | undefined {
  return isParent(recognition, named) ? recognition.parent?.param : recognition.idParam;
}

/** Bodies of these say no state: credentials and codes. */
const NO_STATE = /^account\.(?:password|mfa|verify)/;

/** Does it leave the resource in another state, which old and new values can tell? */
export function changesState({ action, category, operation }: Deed): boolean {
  return category !== 'auth' && operation !== 'read' && operation !== 'execute' && !NO_STATE.test(action);
}
