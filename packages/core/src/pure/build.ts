import type { Actor, Change, Diff, Level, Reason, Resource, Seal, Source, Tenant } from '../model/event.js';
import { escapeLine } from './canonical.js';
import type { Capture, Draft, RequestFacts } from './draft.js';
import { fitLine } from './fit.js';
import { addJson, commonText, labelOf, labelText, MAX_LABEL, Pieces, quoted } from './json-text.js';
import type { Redactor } from './redact/redactor.js';
import { newWalk, safeText, snapshot } from './snapshot.js';

/** The sealed text of an event. */
export interface BuiltLine {
  /** What the next event's `prev` is the hash of: a zero byte and the canonical JSON (RFC 6962 leaf, RFC 8785). */
  readonly leaf: string;
  /** What is stored: the canonical JSON with nothing unprintable in it. */
  readonly line: string;
  /** Length of the line in UTF-8. */
  readonly bytes: number;
}

/** The one ASCII character that JSON leaves raw and that must not stand raw. */
const DELETE = '\u007f';

const pieces = new Pieces();

/**
 * Writes the final event of a draft and its seal as canonical JSON (RFC 8785), member by member in that order: no object
 * is made for it, so that nothing waits in memory but the text. This is the one stage that every event passes, whichever
 * way it came in: text is cleaned, metadata is snapshot and redacted, the size limit holds.
 *
 * @param service the event's `service` as canonical JSON
 */
export function buildLine(draft: Draft, seal: Seal, service: string, time: string, redactor: Redactor): BuiltLine {
  const walk = newWalk(redactor);
  const metadata = draft.metadata === undefined ? undefined : snapshot(draft.metadata, walk);
  const unordered = walk.unordered || draft.unordered === true;
  const { changes, diff, parent, reason, request, resource, source, tenant, trace } = draft;
  const out = pieces.clear();
  out.add('\u0000{"action":').add(commonText(draft.action)).add(',"actor":');
  addActor(out, draft.actor);
  out.add(',"capture":').add(draft.capture.json).add(',"category":').add(commonText(draft.category));
  if (changes !== undefined) addChanges(out, changes, unordered);
  if (diff !== undefined) addDiff(out, diff);
  out.add(',"id":"').add(draft.id);
  if (metadata !== undefined) {
    addJson(out, '","metadata":', metadata, unordered);
    out.add(',"operation":');
  } else {
    out.add('","operation":');
  }
  out.add(commonText(draft.operation)).add(',"outcome":').add(commonText(draft.outcome));
  if (parent !== undefined) out.add(',"parent":').add(labelText(parent));
  if (reason !== undefined) addReason(out, reason);
  if (request !== undefined) addRequest(out, request);
  if (resource !== undefined) addResource(out, resource);
  out.add(',"seal":{"prev":"').add(seal.prev).add('","recordedAt":"').add(seal.recordedAt);
  out.add('","seq":').add(String(seal.seq)).add(',"stream":"').add(seal.stream);
  out.add('"},"service":').add(service).add(',"severity":').add(commonText(draft.severity));
  if (source !== undefined) addSource(out, source);
  if (tenant !== undefined) addTenant(out, tenant);
  out.add(',"time":"').add(time);
  if (trace !== undefined) addTrace(out.add('","trace":{'), trace);
  else out.add('","v":1}');
  return finished(out.join());
}

function finished(whole: string): BuiltLine {
  const leaf = fitLine(whole);
  const bytes = Buffer.byteLength(leaf) - 1;
  const canonical = leaf.slice(1);
  // Most events are plain ASCII, and have nothing to escape.
  if (bytes === canonical.length && !canonical.includes(DELETE)) return { leaf, line: canonical, bytes };
  const line = escapeLine(canonical);
  return { leaf, line, bytes: Buffer.byteLength(line) };
}

function addActor(out: Pieces, { auth, claimed, email, id, name, onBehalfOf, type }: Actor): void {
  let before = '{';
  if (auth !== undefined) before = addAuth(out, auth);
  if (claimed !== undefined) before = addMember(out, before, '"claimed":', labelText(claimed));
  if (email !== undefined) before = addMember(out, before, '"email":', commonText(email));
  if (id !== undefined) before = addMember(out, before, '"id":', commonText(id));
  if (name !== undefined) before = addMember(out, before, '"name":', commonText(name));
  if (onBehalfOf !== undefined) before = addOther(out.add(before), onBehalfOf);
  addMember(out, before, '"type":', commonText(type));
  out.add('}');
}

/** Adds a member of an object behind `before`; returns what stands before the next. The caller keeps the order. */
function addMember(out: Pieces, before: string, name: string, value: string): string {
  out.add(before).add(name).add(value);
  return ',';
}

function addAuth(out: Pieces, { method, mfa, session }: NonNullable<Actor['auth']>): string {
  let before = '{"auth":{';
  if (method !== undefined) before = addMember(out, before, '"method":', commonText(method));
  if (mfa !== undefined) before = addMember(out, before, '"mfa":', mfa === true ? 'true' : 'false');
  if (session !== undefined) before = addMember(out, before, '"session":', commonText(session));
  out.add(before === ',' ? '}' : `${before}}`);
  return ',';
}

function addOther(out: Pieces, { email, id, name, type }: NonNullable<Actor['onBehalfOf']>): string {
  let before = '"onBehalfOf":{';
  if (email !== undefined) before = addMember(out, before, '"email":', commonText(email));
  if (id !== undefined) before = addMember(out, before, '"id":', commonText(id));
  if (name !== undefined) before = addMember(out, before, '"name":', commonText(name));
  if (type !== undefined) before = addMember(out, before, '"type":', commonText(type));
  out.add(before === ',' ? '}' : `${before}}`);
  return ',';
}

function addChanges(out: Pieces, changes: readonly Change[], unordered: boolean): void {
  out.add(',"changes":[');
  for (let i = 0; i < changes.length; i++) {
    const change = changes[i] as Change;
    let before = i === 0 ? '{' : ',{';
    if (change.new !== undefined) {
      addJson(out, `${before}"new":`, change.new, unordered);
      before = ',';
    }
    if (change.old !== undefined) {
      addJson(out, `${before}"old":`, change.old, unordered);
      before = ',';
    }
    out.add(before).add(tailOf(change));
  }
  out.add(']');
}

const MAX_TAILS = 1_000;
const tails = { add: new Map<string, string>(), remove: new Map<string, string>(), replace: new Map<string, string>() };

/** What a change ends with. Resources have few members, and they come again and again. Bounded memory. */
function tailOf({ op, path }: Change): string {
  const known = tails[op].get(path);
  if (known !== undefined) return known;
  const tail = `"op":"${op}","path":${quoted(path)}}`;
  if (tails[op].size >= MAX_TAILS) tails[op].clear();
  if (path.length <= MAX_LABEL) tails[op].set(path, tail);
  return tail;
}

function addDiff(out: Pieces, { fidelity, why }: Diff): void {
  out.add(',"diff":{"fidelity":"').add(fidelity);
  if (why === undefined) out.add('"}');
  else out.add('","why":').add(quoted(why)).add('}');
}

function addReason(out: Pieces, { code, text }: Reason): void {
  out.add(',"reason":{"code":').add(commonText(code));
  if (text !== undefined) out.add(',"text":').add(quoted(safeText(String(text))));
  out.add('}');
}

function addRequest(out: Pieces, { durationMs, id, method, route, status }: RequestFacts): void {
  out.add(',"request":{');
  if (durationMs !== undefined) out.add('"durationMs":').add(String(durationMs)).add(',');
  out.add('"id":').add(labelText(id)).add(',"method":').add(commonText(method));
  out.add(',"route":').add(commonText(route));
  if (status !== undefined) out.add(',"status":').add(String(status));
  out.add('}');
}

function addResource(out: Pieces, { id, name, parent, type }: Resource): void {
  let before = ',"resource":{';
  if (id !== undefined) before = addMember(out, before, '"id":', labelText(id));
  if (name !== undefined) before = addMember(out, before, '"name":', labelText(name));
  if (parent !== undefined) {
    before = addMember(out, before, '"parent":{"id":', labelText(parent.id));
    out.add(',"type":').add(commonText(parent.type)).add('}');
  }
  addMember(out, before, '"type":', commonText(type));
  out.add('}');
}

function addSource(out: Pieces, { chain, ip, userAgent }: Source): void {
  let before = ',"source":{';
  if (chain !== undefined) {
    before = addMember(out, before, '"chain":[', chain.slice(0, 16).map(labelText).join(','));
    out.add(']');
  }
  if (ip !== undefined) before = addMember(out, before, '"ip":', commonText(ip));
  if (userAgent !== undefined) before = addMember(out, before, '"userAgent":', commonText(userAgent));
  out.add(before === ',' ? '}' : `${before}}`);
}

function addTenant(out: Pieces, { id, name }: Tenant): void {
  out.add(',"tenant":{"id":').add(commonText(id));
  if (name !== undefined) out.add(',"name":').add(commonText(name));
  out.add('}');
}

function addTrace(out: Pieces, { spanId, traceId }: NonNullable<Draft['trace']>): void {
  if (spanId !== undefined) out.add('"spanId":').add(labelText(spanId)).add(',');
  out.add('"traceId":').add(labelText(traceId)).add('},"v":1}');
}

/** How an event came to be, cleaned. It says the same for thousands of events: make it once and keep it. */
export function captureOf(by: string, why: string, level: Level, rule: string | undefined): Capture {
  const told = rule === undefined ? '' : `"rule":${labelText(rule)},`;
  const json = `{"by":${quoted(by)},"level":${quoted(level)},${told}"why":${labelText(why)}}`;
  return Object.freeze({ by, level, rule: rule === undefined ? undefined : labelOf(rule), json });
}
