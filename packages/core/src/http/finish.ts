import type { Engine } from '../engine/engine.js';
import { endRows, factsOf } from '../engine/held-rows.js';
import { waitFor } from '../engine/pending.js';
import { submitRemains } from '../engine/remains.js';
import type { RowFacts } from '../engine/row-draft.js';
import { namesOf } from '../engine/row-names.js';
import { childDrafts } from '../engine/run.js';
import { type Slices, slices } from '../engine/slices.js';
import { AuditError } from '../model/errors.js';
import type { Outcome } from '../model/event.js';
import type { Draft } from '../pure/draft.js';
import { answerKey, type Recognition } from '../pure/recognise/index.js';
import type { Verdict } from '../pure/rules.js';
import { ask } from './ask.js';
import { load, UNREAD } from './before.js';
import { adoptCall, furtherDrafts, readCalls } from './calls.js';
import { draftOf, type Known } from './draft-of.js';
import { changesNothing } from './nothing.js';
import { type Plan, Plans } from './plan.js';
import { planInput, routedMethod } from './plan-input.js';
import { mergeRepeated } from './repeats.js';
import type { RequestScope } from './request-scope.js';

const plans = new WeakMap<Engine, Plans>();
const ended = new WeakMap<Engine, Slices<RequestScope>>();

/** The response has ended, or never will: its event is made with the next slice. Never throws. */
export function finish(scope: RequestScope): void {
  if (scope.ended !== undefined) return;
  const { engine } = scope;
  scope.ended = engine.clock.steady();
  lookForHidden(scope);
  (ended.get(engine) ?? begin(engine)).add(scope);
}

/** A 404 for what was there: is it still? To be asked now, before the next request can take it away. */
function lookForHidden(scope: RequestScope): void {
  const { loading } = scope;
  if (loading === undefined || scope.status() !== 404) return;
  const { before, id, type } = loading;
  scope.hidden = before.then(async (state) => {
    if (state === UNREAD || isNothing(state)) return false;
    const after = await load(scope, type, id);
    return after !== UNREAD && !isNothing(after);
  });
}

function isNothing(state: unknown): boolean {
  return state === undefined || state === null;
}

function begin(engine: Engine): Slices<RequestScope> {
  const made = slices(makeEvent, engine.clock);
  ended.set(engine, made);
  engine.waiting.add(made.settle);
  return made;
}

function makeEvent(scope: RequestScope): void {
  const { open } = scope.engine;
  if (scope.isOpen) open.delete(scope);
  try {
    const { engine } = scope;
    refine(scope);
    const plan = planOf(scope);
    adoptCall(scope, plan.recognition);
    const isQuiet = scope.skipped || isSilent(scope, plan);
    if (isQuiet && (scope.skipped || scope.rows === undefined)) {
      endRows(scope, 'unrecorded');
      return;
    }
    const { actor, tenant } = engine.settings;
    const naming = namesOf(engine, scope.rows?.list);
    const waits = actor !== undefined || tenant !== undefined || scope.loading !== undefined || naming !== undefined;
    if (!waits) {
      complete(scope, plan, {}, isQuiet);
      return;
    }
    // Still open: an auditor that closes meanwhile waits for the answers, or goes without them.
    open.add(scope);
    let done = nothing;
    const answered = new Promise<void>((resolve) => {
      done = resolve;
    });
    const told = (known: Known): void => {
      if (open.delete(scope)) complete(scope, plan, known, isQuiet);
      done();
    };
    scope.onInterrupt = () => told({});
    void ask(scope, plan, naming).then(told, (error) => {
      if (open.delete(scope)) remains(scope, error);
      done();
    });
    waitFor(engine, answered);
  } catch (error) {
    remains(scope, error);
  }
}

/** Does it leave no event of its own? Silent by its route, unless the application says that it wants this one; or by rule. */
function isSilent(scope: RequestScope, plan: Plan): boolean {
  if (plan.recognition.event === false && scope.action === undefined && scope.level === undefined) return true;
  return ruledOutEarly(scope, plan) || (scope.rows === undefined && changesNothing(scope, plan.recognition));
}

/** Decorators may hold functions of the application: one that throws costs what it would have said. */
function refine(scope: RequestScope): void {
  try {
    scope.binding.refine?.(scope.carrier, scope);
  } catch (cause) {
    const message = 'What decorators say of a handler could not be read whole; the event goes without. See `cause`.';
    scope.engine.report(new AuditError('AUDIT_CAPTURE_FAILED', message, { cause }), 'refine');
  }
}

function planOf(scope: RequestScope): Plan {
  const known = plans.get(scope.engine) ?? newPlans(scope.engine);
  const handler = scope.handler();
  const method = routedMethod(scope);
  // Only a PUT depends on more than its name.
  const meant = method === 'PUT' ? answerKey({ method, status: scope.status() }) : method;
  return known.of(meant, scope.route(), handler, () => planInput(scope, method, handler));
}

function newPlans(engine: Engine): Plans {
  const made = new Plans(engine.settings.recognise);
  plans.set(engine, made);
  return made;
}

/** Most requests are reads that nobody records: they are let go before anything is looked up. */
function ruledOutEarly(scope: RequestScope, plan: Plan): boolean {
  const { recognition } = plan;
  if (recognition.operation !== 'read' || scope.level !== undefined || scope.hasChildren) return false;
  // The status of a call says little; whether it was denied is looked up.
  if (recognition.call !== undefined && scope.answer?.includes('"error') === true) return false;
  if (
    scope.action !== undefined ||
    scope.outcome !== undefined ||
    scope.resource !== undefined ||
    scope.changes !== undefined
  )
    return false;
  const status = scope.status();
  const isDenied = status === 401 || status === 403;
  const isQuiet = (outcome: Outcome): boolean =>
    decide(scope, plan, recognition, outcome, recognition.resource).level === 'none';
  // Whether the answer arrived costs more to tell than all the rest, and mostly makes no difference.
  if (!isQuiet('unknown')) return false;
  if (!isQuiet(isDenied ? 'denied' : status >= 400 ? 'failure' : 'success')) return false;
  scope.engine.counts.ruledOut += 1;
  return true;
}

/** The rules' answer. For what the route alone says it is kept, as it depends on nothing else. */
function decide(
  scope: RequestScope,
  plan: Plan,
  deed: Pick<Recognition, 'action' | 'category' | 'operation'>,
  outcome: Outcome,
  resource: string | undefined,
): Verdict {
  const { recognition, verdicts } = plan;
  const plain = deed === recognition && resource === recognition.resource;
  const known = plain ? verdicts[outcome] : undefined;
  if (known !== undefined) return known;
  const { action, category, operation } = deed;
  const { method } = scope;
  const verdict = scope.engine.decide({ action, category, operation, outcome, resource, method, route: scope.route() });
  if (plain) verdicts[outcome] = verdict;
  return verdict;
}

function complete(scope: RequestScope, plan: Plan, known: Known, isQuiet: boolean): void {
  try {
    const { engine } = scope;
    const { recognition } = plan;
    if (isQuiet) {
      endRows(scope, 'unrecorded', factsKnown(scope, known));
      return;
    }
    readCalls(scope, recognition);
    const draft = draftOf(scope, plan, known, decide);
    const further = furtherDrafts(scope, recognition, known, decide);
    const own = draft !== undefined && isRecorded(scope, draft, further) ? draft : undefined;
    if (draft === undefined) engine.counts.ruledOut += 1;
    if (own !== undefined) {
      engine.submit(own);
      for (const child of childDrafts(engine, scope, own)) engine.submit(child);
    }
    endRows(
      scope,
      own === undefined ? 'unrecorded' : 'recorded',
      own === undefined ? factsKnown(scope, known) : factsIn(own),
    );
    for (const each of further) {
      if (!mergeRepeated(engine, each)) engine.submit(own === undefined ? each : { ...each, parent: own.id });
    }
  } catch (error) {
    remains(scope, error);
  }
}

/** Events that name this one as their parent, or that came of it, make it more than a repetition. */
function isRecorded(scope: RequestScope, draft: Draft, further: readonly Draft[]): boolean {
  const isParent =
    scope.hasChildren || scope.changes !== undefined || further.some(({ outcome }) => outcome === 'success');
  return isParent || !mergeRepeated(scope.engine, draft);
}

/** What the rows of a request have of it, when it leaves no event of its own. */
function factsKnown(scope: RequestScope, { actor, tenant }: Known): RowFacts {
  const facts = factsOf(scope);
  return {
    ...facts,
    actor: scope.actor === undefined ? (actor ?? facts.actor) : facts.actor,
    tenant: facts.tenant ?? tenant,
    parent: undefined,
  };
}

function factsIn({ actor, id, request, source, tenant, trace }: Draft): RowFacts {
  return { actor, request, source, tenant, trace, parent: id };
}

function remains(scope: RequestScope, error: unknown): void {
  endRows(scope, 'unrecorded');
  submitRemains(scope.engine, { action: 'request.unknown' }, error);
}

function nothing(): void {}
