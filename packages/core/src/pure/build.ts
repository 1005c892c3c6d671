import type { Actor, AuditEvent, JsonObject, Level, Reason, Resource, Seal, Source, Tenant } from '../model/event.js';
import { canonicalJson, escapeLine, keepLine } from './canonical.js';
import type { Draft, RequestFacts } from './draft.js';
import { fitEvent } from './fit.js';
import type { Redactor } from './redact/redactor.js';
import { newWalk, safeText, snapshot } from './snapshot.js';

/** An event with its bytes: `canonical` is what is hashed, `line` what is stored. */
export interface BuiltEvent {
  readonly event: AuditEvent;
  readonly canonical: string;
  readonly line: string;
  /** Length of the line in UTF-8. */
  readonly bytes: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The one ASCII character that JSON.stringify leaves raw and that must not stand raw. */
const DELETE = '\u007f';
const MAX_LABEL = 512;

/**
 * Builds the final event from a draft and its seal. This is the one stage that every event passes, whichever way it
 * came in: text is cleaned, metadata is snapshot and redacted, the size limit holds; `freezeEvent` follows before it leaves. Members
 * are set in canonical order (RFC 8785), so that JSON.stringify writes canonical JSON without another pass.
 */
export function buildEvent(
  draft: Draft,
  seal: Seal,
  service: AuditEvent['service'],
  time: string,
  redactor: Redactor,
): BuiltEvent {
  const walk = newWalk(redactor);
  const event: Mutable<AuditEvent> = {
    action: draft.action,
    actor: actorOf(draft.actor),
    capture: draft.capture,
    category: draft.category,
  } as Mutable<AuditEvent>;
  if (draft.changes !== undefined) event.changes = draft.changes;
  if (draft.diff !== undefined) event.diff = draft.diff;
  event.id = draft.id;
  if (draft.metadata !== undefined) event.metadata = snapshot(draft.metadata, walk) as JsonObject;
  event.operation = draft.operation;
  event.outcome = draft.outcome;
  if (draft.parent !== undefined) event.parent = label(draft.parent);
  if (draft.reason !== undefined) event.reason = reasonOf(draft.reason);
  if (draft.request !== undefined) event.request = requestOf(draft.request);
  if (draft.resource !== undefined) event.resource = resourceOf(draft.resource);
  event.seal = seal;
  event.service = service;
  event.severity = draft.severity;
  if (draft.source !== undefined) event.source = sourceOf(draft.source);
  if (draft.tenant !== undefined) event.tenant = tenantOf(draft.tenant);
  event.time = time;
  if (draft.trace !== undefined) event.trace = draft.trace;
  event.v = 1;
  return finish(event, walk.unordered || draft.unordered === true);
}

function finish(event: AuditEvent, unordered: boolean): BuiltEvent {
  const whole = unordered ? canonicalJson(event) : JSON.stringify(event);
  const fitted = fitEvent(event, whole);
  const canonical = fitted === event ? whole : canonicalJson(fitted);
  const bytes = Buffer.byteLength(canonical);
  // Most events are plain ASCII, and have nothing to escape.
  const isPlain = bytes === canonical.length && !canonical.includes(DELETE);
  const line = isPlain ? canonical : escapeLine(canonical);
  keepLine(fitted, line);
  return { event: fitted, canonical, line, bytes: isPlain ? bytes : Buffer.byteLength(line) };
}

/** Text of an id or a name: clean and never longer than a label needs to be. */
function label(text: unknown): string {
  const given = typeof text === 'string' ? text : String(typeof text === 'object' ? '[object]' : text);
  return safeText(given.length > MAX_LABEL ? given.slice(0, MAX_LABEL) : given);
}

function actorOf(actor: Actor): Actor {
  const out: Mutable<Actor> = {} as Mutable<Actor>;
  if (actor.auth !== undefined) {
    const auth: Mutable<NonNullable<Actor['auth']>> = {};
    if (actor.auth.method !== undefined) auth.method = label(actor.auth.method);
    if (actor.auth.mfa !== undefined) auth.mfa = actor.auth.mfa === true;
    if (actor.auth.session !== undefined) auth.session = label(actor.auth.session);
    out.auth = auth;
  }
  if (actor.claimed !== undefined) out.claimed = label(actor.claimed);
  if (actor.email !== undefined) out.email = label(actor.email);
  if (actor.id !== undefined) out.id = label(actor.id);
  if (actor.name !== undefined) out.name = label(actor.name);
  if (actor.onBehalfOf !== undefined) {
    const { email, id, name, type } = actor.onBehalfOf;
    const other: Mutable<NonNullable<Actor['onBehalfOf']>> = {};
    if (email !== undefined) other.email = label(email);
    if (id !== undefined) other.id = label(id);
    if (name !== undefined) other.name = label(name);
    if (type !== undefined) other.type = type;
    out.onBehalfOf = other;
  }
  out.type = actor.type;
  return out;
}

/** How an event came to be, cleaned and frozen. It says the same for thousands of events: make it once and keep it. */
export function captureOf(by: string, why: string, level: Level, rule: string | undefined): AuditEvent['capture'] {
  const clean = { by, level, why: label(why) };
  // Members in canonical order (RFC 8785).
  return Object.freeze(rule === undefined ? clean : { by, level, rule: label(rule), why: clean.why });
}

function reasonOf(reason: Reason): Reason {
  const code = label(reason.code);
  return reason.text === undefined ? { code } : { code, text: safeText(String(reason.text)) };
}

function requestOf(request: RequestFacts): NonNullable<AuditEvent['request']> {
  const out = {} as Mutable<NonNullable<AuditEvent['request']>>;
  if (request.durationMs !== undefined) out.durationMs = request.durationMs;
  out.id = label(request.id);
  out.method = request.method;
  out.route = commonLabel(request.route);
  if (request.status !== undefined) out.status = request.status;
  return out;
}

function resourceOf(resource: Resource): Resource {
  const out = {} as Mutable<Resource>;
  if (resource.id !== undefined) out.id = label(resource.id);
  if (resource.name !== undefined) out.name = label(resource.name);
  if (resource.parent !== undefined) out.parent = { id: label(resource.parent.id), type: label(resource.parent.type) };
  out.type = commonLabel(resource.type);
  return out;
}

function sourceOf(source: Source): Source {
  const out: Mutable<Source> = {};
  if (source.chain !== undefined) out.chain = source.chain.slice(0, 16).map(label);
  if (source.ip !== undefined) out.ip = label(source.ip);
  if (source.userAgent !== undefined) out.userAgent = commonLabel(source.userAgent);
  return out;
}

const MAX_COMMON = 1_000;
const common = new Map<string, string>();

/** A label that is few and long (a browser's name, a route, why it was captured): its clean text is kept. */
function commonLabel(text: string): string {
  const known = common.get(text);
  if (known !== undefined) return known;
  const clean = label(text);
  if (common.size >= MAX_COMMON) common.clear();
  if (typeof text === 'string' && text.length <= MAX_LABEL) common.set(text, clean);
  return clean;
}

function tenantOf(tenant: Tenant): Tenant {
  const id = label(tenant.id);
  return tenant.name === undefined ? { id } : { id, name: label(tenant.name) };
}

/**
 * Freezes an event before anybody else's code sees it: the parts that every event has by name, and the values of the
 * application all the way down. Costs next to nothing the second time.
 */
export function freezeEvent(event: AuditEvent): AuditEvent {
  if (Object.isFrozen(event)) return event;
  Object.freeze(event.actor);
  if (event.actor.auth !== undefined) Object.freeze(event.actor.auth);
  if (event.actor.onBehalfOf !== undefined) Object.freeze(event.actor.onBehalfOf);
  if (event.changes !== undefined) deepFreeze(event.changes);
  if (event.diff !== undefined) Object.freeze(event.diff);
  if (event.metadata !== undefined) deepFreeze(event.metadata);
  if (event.reason !== undefined) Object.freeze(event.reason);
  if (event.request !== undefined) Object.freeze(event.request);
  if (event.resource !== undefined) Object.freeze(event.resource);
  if (event.resource?.parent !== undefined) Object.freeze(event.resource.parent);
  if (event.source !== undefined) Object.freeze(event.source);
  if (event.source?.chain !== undefined) Object.freeze(event.source.chain);
  if (event.tenant !== undefined) Object.freeze(event.tenant);
  if (event.trace !== undefined) Object.freeze(event.trace);
  if (event.truncated !== undefined) deepFreeze(event.truncated);
  return Object.freeze(event);
}

function deepFreeze(value: object): void {
  Object.freeze(value);
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null && !Object.isFrozen(member)) deepFreeze(member);
  }
}
