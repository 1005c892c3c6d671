import { hostname } from 'node:os';
import { type Check, checkOptions, is } from '../model/check.js';
import { DEFAULTS } from '../model/defaults.js';
import { AuditError } from '../model/errors.js';
import type { AuditEvent } from '../model/event.js';
import type { AuditorOptions, DispatchOptions, JournalOptions, ResourceOptions, Rule } from '../model/options.js';
import type { AuditReader } from '../model/reader.js';
import type { Sink } from '../model/sink.js';
import { type RecogniseInput, type Recognition, withRules } from '../pure/recognise/index.js';
import { type Redactor, redactor } from '../pure/redact/redactor.js';
import { checkFields, hashKeyCheck } from './field-checks.js';

export type DispatchSettings = Readonly<Required<DispatchOptions>>;

/** The options, checked, complete and frozen. Nothing behind the door reads raw options. */
export interface Settings {
  readonly service: AuditEvent['service'];
  /** `undefined` when the application gave none. */
  readonly sinks: readonly Sink[] | undefined;
  /** `undefined` when the application gave none. */
  readonly reader: AuditReader | undefined;
  readonly rules: readonly Rule[];
  /** Recognition with the application's own rules before it. */
  readonly recognise: (input: RecogniseInput) => Recognition;
  readonly redactor: Redactor;
  /** Key of the hashes that stand for fields with the policy `hash`. */
  readonly hashKey: string | undefined;
  readonly resources: Readonly<Record<string, ResourceOptions<never>>>;
  readonly actor: AuditorOptions<never>['actor'];
  readonly tenant: AuditorOptions<never>['tenant'];
  readonly journal: Readonly<Required<JournalOptions>>;
  readonly dispatch: DispatchSettings;
  readonly onError: AuditorOptions['onError'];
}

const LEVELS = ['none', 'metadata', 'changes', 'full'] as const;
const texts = is.either(is.text, is.listOf(is.text));
const positive = is.integer(1);

const CHECKS: Readonly<Record<keyof AuditorOptions, Check>> = {
  service: is.either(is.text, is.object),
  sinks: is.listOf(sinkCheck),
  reader: readerCheck,
  rules: is.listOf(is.object),
  recognise: is.listOf(is.object),
  redact: is.object,
  resources: is.object,
  actor: is.action,
  tenant: is.action,
  journal: is.object,
  dispatch: is.object,
  onError: is.action,
};

/** @throws AuditError `AUDIT_OPTION_INVALID`, naming the option and the fix */
export function resolveSettings(options: AuditorOptions<never>): Settings {
  checkOptions('createAuditor', options, CHECKS);
  const { redact = {}, resources = {}, rules = [], sinks } = options;
  checkOptions('redact', redact, {
    keys: is.listOf(is.text),
    paths: is.listOf(pointerCheck),
    allow: is.listOf(is.text),
    hashKey: hashKeyCheck,
  });
  checkOptions('journal', options.journal ?? {}, { maxEvents: is.integer(10), maxBytes: is.integer(1_048_576) });
  checkDispatch(options.dispatch ?? {});
  for (const [i, rule] of rules.entries()) checkRule(`rules[${i}]`, rule);
  for (const [type, resource] of Object.entries(resources)) {
    const checks = { load: is.action, name: is.text, ignore: is.listOf(is.text), fields: is.object };
    checkOptions(`resources.${type}`, resource, checks);
    checkFields(`resources.${type}.fields`, resource.fields, redact.hashKey);
  }
  if (sinks !== undefined) checkSinks(sinks);
  return Object.freeze({
    service: serviceOf(options.service),
    sinks: sinks === undefined ? undefined : Object.freeze([...sinks]),
    reader: options.reader,
    rules: structuredClone(rules),
    recognise: withRules(structuredClone(options.recognise ?? [])),
    redactor: redactor(redact),
    hashKey: redact.hashKey,
    resources: Object.freeze({ ...resources }),
    actor: options.actor,
    tenant: options.tenant,
    journal: Object.freeze({ ...DEFAULTS.journal, ...defined(options.journal) }),
    dispatch: Object.freeze({ ...DEFAULTS.dispatch, ...defined(options.dispatch) }),
    onError: options.onError,
  });
}

function checkDispatch(dispatch: DispatchOptions): void {
  checkOptions('dispatch', dispatch, {
    maxBatchEvents: is.integer(1, 10_000),
    maxBatchBytes: is.integer(1024),
    maxWaitMs: is.integer(0, 60_000),
    writeTimeoutMs: positive,
    minRetryMs: positive,
    maxRetryMs: positive,
    maxRetryAfterMs: is.integer(0),
    breakerOpenMs: positive,
    closeTimeoutMs: positive,
  });
  const { minRetryMs, maxRetryMs } = { ...DEFAULTS.dispatch, ...defined(dispatch) };
  if (minRetryMs > maxRetryMs) {
    throw invalid(
      `dispatch: \`minRetryMs\` (${minRetryMs}) is above \`maxRetryMs\` (${maxRetryMs}). Lower the one or raise the other.`,
    );
  }
}

function checkRule(where: string, rule: Rule): void {
  checkOptions(where, rule, { name: is.text, when: is.object, level: is.oneOf(...LEVELS) });
  if (rule.level === undefined) throw invalid(`${where}: \`level\` is missing. Say one of ${LEVELS.join(', ')}.`);
  checkOptions(`${where}.when`, rule.when ?? {}, {
    action: texts,
    category: texts,
    operation: texts,
    outcome: texts,
    resource: texts,
    method: texts,
    route: texts,
  });
}

function checkSinks(sinks: readonly Sink[]): void {
  if (sinks.length === 0)
    throw invalid('createAuditor: `sinks` is empty. Name at least one, or leave the option out in development.');
  const transactional = sinks.filter(({ outbox }) => outbox !== undefined);
  if (transactional.length > 1) {
    const both = transactional.map(({ name }) => `\`${name}\``).join(' and ');
    throw invalid(`createAuditor: ${both} are both transactional. One of them keeps the outbox for all sinks.`);
  }
  const names = new Set<string>();
  for (const { name } of sinks) {
    if (names.has(name))
      throw invalid(`createAuditor: two sinks are called \`${name}\`. Give one of them another \`name\`.`);
    names.add(name);
  }
}

function sinkCheck(value: unknown): string | undefined {
  const sink = value as Partial<Sink> | null;
  const fits =
    typeof sink === 'object' &&
    sink !== null &&
    typeof sink.name === 'string' &&
    typeof sink.idempotent === 'boolean' &&
    typeof sink.write === 'function' &&
    (sink.concurrency === undefined || is.integer(1, 4)(sink.concurrency) === undefined);
  return fits
    ? undefined
    : 'a sink: an object with `name`, `idempotent`, `write` and, if any, a `concurrency` from 1 to 4';
}

function readerCheck(value: unknown): string | undefined {
  const reader = value as Partial<AuditReader> | null;
  const fits = typeof reader === 'object' && typeof reader?.find === 'function' && typeof reader.get === 'function';
  return fits ? undefined : 'a reader: an object with `find` and `get`';
}

function pointerCheck(value: unknown): string | undefined {
  return typeof value === 'string' && value.startsWith('/')
    ? undefined
    : 'a pointer that starts with `/`, such as `/card/number`';
}

function serviceOf(service: AuditorOptions['service']): AuditEvent['service'] {
  const given = typeof service === 'string' ? { name: service } : service;
  if (given !== undefined) {
    checkOptions('service', given, { name: is.text, version: is.text, environment: is.text, instance: is.text });
    if (given.name === undefined) throw invalid('service: `name` is missing. Say what the application is called.');
  }
  const environment = given?.environment ?? process.env['NODE_ENV'];
  const version = given?.version ?? (given === undefined ? process.env['npm_package_version'] : undefined);
  // Members in canonical order (RFC 8785).
  return Object.freeze({
    ...(environment === undefined || environment === '' ? {} : { environment }),
    instance: given?.instance ?? `${hostname()}/${process.pid}`,
    name: given?.name ?? process.env['npm_package_name'] ?? 'app',
    ...(version === undefined ? {} : { version }),
  });
}

/** Without the members that are there and undefined, which would hide a default. */
function defined<T extends object>(options: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function invalid(message: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', message);
}
