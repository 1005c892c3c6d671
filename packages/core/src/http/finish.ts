import type { Engine } from '../engine/engine.js';
import { submitRemains } from '../engine/remains.js';
import { childDrafts } from '../engine/run.js';
import { actorFrom, tenantFrom } from '../engine/scope.js';
import { type Slices, slices } from '../engine/slices.js';
import { AuditError } from '../model/errors.js';
import type { Operation, Outcome } from '../model/event.js';
import { answerKey, type Recognition } from '../pure/recognise/index.js';
import type { Verdict } from '../pure/rules.js';
import { load, UNREAD } from './before.js';
import { adoptCall, furtherDrafts, readCalls } from './calls.js';
import { mergeDenied } from './denied.js';
import { draftOf, type Known } from './draft-of.js';
import { changesNothing } from './nothing.js';
import { type Plan, Plans } from './plan.js';
import { planInput, routedMethod } from './plan-input.js';
import type { RequestScope } from './request-scope.js';

/** A resolver of the application may take this long; then the event goes without. */
const ASK_TIMEOUT_MS = 250;

const plans = new WeakMap<Engine, Plans>();
const ended = new WeakMap<Engine, Slices<RequestScope>>();

/** The response has ended, or never will: its event is made with the next slice. Never throws. */
export function finish(scope: RequestScope): void {
  if (scope.ended !== undefined) return;
  const { engine } = scope;
  scope.ended = engine.clock.steady();
  (ended.get(engine) ?? begin(engine)).add(scope);
}

function begin(engine: Engine): Slices<RequestScope> {
  const made = slices(makeEvent, engine.clock);
  ended.set(engine, made);
  engine.waiting.add(made.settle);
  return made;
}

function makeEvent(scope: RequestScope): void {
  const { open } = scope.engine;
  open.delete(scope);
  try {
    const { engine } = scope;
    refine(scope);
    if (scope.skipped) return;
    const plan = planOf(scope);
    adoptCall(scope, plan.recognition);
    if (scope.skipped) return;
    // Silent by its route, unless the application says that it wants this one.
    if (plan.recognition.event === false && scope.action === undefined && scope.level === undefined) return;
    if (ruledOutEarly(scope, plan) || changesNothing(scope, plan.recognition)) return;
    const { actor, tenant } = engine.settings;
    const waits = actor !== undefined || tenant !== undefined || scope.loading !== undefined;
    if (!waits) {
      complete(scope, plan, {});
      return;
    }
    // Still open: an auditor that closes meanwhile waits for the answers, or goes without them.
    open.add(scope);
    const told = (known: Known): void => {
      if (open.delete(scope)) complete(scope, plan, known);
    };
    scope.onInterrupt = () => told({});
    void ask(scope, plan).then(told, (error) => {
      if (open.delete(scope)) remains(scope, error);
    });
  } catch (error) {
    remains(scope, error);
  }
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
  const known = plans.get(scope.engine) ?? new Plans(scope.engine.settings.recognise);
  plans.set(scope.engine, known);
  const handler = scope.handler();
  // One route has several handlers where a header tells the version.
  const place = handler === undefined ? scope.route() : `${scope.route()} ${handler.controller}.${handler.method}`;
  const method = routedMethod(scope);
  // Only a PUT depends on more than its name.
  const meant = method === 'PUT' ? answerKey({ method, status: scope.raw.res.statusCode }) : method;
  return known.of(meant, place, () => planInput(scope, method, handler));
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
  const { res } = scope.raw;
  const status = res.statusCode;
  const outcome: Outcome = !res.writableFinished
    ? 'unknown'
    : status === 401 || status === 403
      ? 'denied'
      : status >= 400
        ? 'failure'
        : 'success';
  if (decide(scope, plan, recognition, outcome, recognition.resource).level !== 'none') return false;
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

/** Asks the application what only it can say: who, for which customer, and what the resource is like now. */
async function ask(scope: RequestScope, plan: Plan): Promise<Known> {
  const { actor, tenant } = scope.engine.settings;
  const request = scope.carrier as never;
  const [who, which, states] = await Promise.all([
    actor === undefined ? undefined : bounded(scope, 'actor', () => actor(request)),
    tenant === undefined ? undefined : bounded(scope, 'tenant', () => tenant(request)),
    statesOf(scope, plan.recognition.operation),
  ]);
  return {
    ...(who === undefined ? {} : { actor: actorFrom(who) }),
    ...(which === undefined ? {} : { tenant: tenantFrom(which) }),
    ...(states === undefined ? {} : { states }),
  };
}

/** The resource before and after, when its loader could tell both. */
async function statesOf(scope: RequestScope, operation: Operation): Promise<Known['states']> {
  if (scope.loading === undefined || scope.raw.res.statusCode >= 400) return undefined;
  const { before: reading, id, type } = scope.loading;
  const before = await reading;
  if (before === UNREAD) return undefined;
  const after = operation === 'delete' ? undefined : await load(scope, type, id);
  return after === UNREAD ? undefined : { before, after };
}

async function bounded<T>(scope: RequestScope, option: string, call: () => T | Promise<T>): Promise<T | undefined> {
  const { clock, report } = scope.engine;
  let cancel = (): void => undefined;
  const late = new Promise<undefined>((resolve) => {
    cancel = clock.after(ASK_TIMEOUT_MS, () => {
      report(
        new AuditError(
          'AUDIT_CAPTURE_FAILED',
          `The option \`${option}\` took longer than ${ASK_TIMEOUT_MS} ms; the event goes without. Make it quicker.`,
        ),
        option,
      );
      resolve(undefined);
    });
  });
  try {
    return await Promise.race([call(), late]);
  } catch (cause) {
    report(
      new AuditError(
        'AUDIT_CAPTURE_FAILED',
        `The option \`${option}\` failed; the event goes without. See \`cause\`.`,
        { cause },
      ),
      option,
    );
    return undefined;
  } finally {
    cancel();
  }
}

function complete(scope: RequestScope, plan: Plan, known: Known): void {
  try {
    const { engine } = scope;
    const { recognition } = plan;
    readCalls(scope, recognition);
    const draft = draftOf(scope, plan, known, decide);
    if (draft === undefined) {
      engine.counts.ruledOut += 1;
    } else {
      if (draft.capture.rule === 'denied reads' && mergeDenied(engine, draft)) return;
      engine.submit(draft);
      for (const child of childDrafts(engine, scope, draft)) engine.submit(child);
    }
    for (const further of furtherDrafts(scope, recognition, known, decide, draft)) engine.submit(further);
  } catch (error) {
    remains(scope, error);
  }
}

function remains(scope: RequestScope, error: unknown): void {
  submitRemains(scope.engine, { action: 'request.unknown' }, error);
}
