import { type Auditor, engineOf, isAuditor } from '../engine/auditor.js';
import { checkFields } from '../engine/field-checks.js';
import { type Check, checkOptions, is } from '../model/check.js';
import type { FieldOptions, FieldPolicy } from '../model/options.js';

/** What every ORM package may be told. Nothing must be. */
export interface WriteOptions {
  /**
   * The auditor for writes that are made outside of any request or job. @default the one of the process; inside, that of
   * the request or job
   */
  readonly auditor?: Auditor | undefined;
  /** What may be known of models, by their name in the ORM. `false`: its writes are no events. Others are audited as they are. */
  readonly models?: Readonly<Record<string, false | ModelOptions>> | undefined;
  readonly bulk?: BulkOptions | undefined;
  /**
   * Writes outside of a transaction run in one of their own, with the state before locked until it is changed: no other
   * writer can come in between. Costs the statements of a transaction for each. @default false
   */
  readonly isolate?: boolean | undefined;
  /**
   * What happens when a write cannot be audited: because the state before cannot be read, or the journal is full. `async`:
   * the write goes on, what is missing is told in the event or counted. `strict`: the write is refused. @default 'async'
   */
  readonly mode?: 'async' | 'strict' | undefined;
  /**
   * What happens with a write that nothing is seen of (raw SQL). `record`: it leaves `audit.coverage_gap`, once a minute for
   * each kind. `throw`: it is refused, for tests that shall find them. @default 'record'
   */
  readonly onGap?: 'record' | 'throw' | undefined;
}

/** Bounds of writes that change many rows at once. */
export interface BulkOptions {
  /** So many rows are read before and after, one event for each; above it there is one event for all of them. @default 1000 */
  readonly maxRows?: number | undefined;
  /** `summary`: one event for all rows of every write by criteria, however few; nothing is read. @default 'rows' */
  readonly level?: 'rows' | 'summary' | undefined;
}

/** What may be known of one model. */
export interface ModelOptions {
  /** Resource type of its events. @default its name, in singular and snake case */
  readonly type?: string | undefined;
  /** Which member holds the name of a row. @default what `resources` says, else 'name', then 'title' */
  readonly name?: string | undefined;
  /** What may be stored of its fields. Said in `resources` too, that counts. */
  readonly fields?: Readonly<Record<string, FieldPolicy | FieldOptions>> | undefined;
  /** Its rows only join others: they are told as what was added to a list of their owner, and removed from it. */
  readonly join?: JoinOptions | undefined;
}

/** A row of `post_tags` is a tag in the list of a post. */
export interface JoinOptions {
  /** Resource type of the owner: `post`. */
  readonly of: string;
  /** Which member holds the owner's id: `postId`. */
  readonly owner: string;
  /** Which member holds the id of what is in the list: `tagId`. */
  readonly member: string;
  /** What the list is called: `tags`. */
  readonly as: string;
}

/** The options, complete and frozen. */
export interface WriteSettings {
  readonly auditor: Auditor | undefined;
  readonly models: Readonly<Record<string, false | ModelOptions>>;
  readonly maxRows: number;
  readonly summarises: boolean;
  readonly isolate: boolean;
  readonly isStrict: boolean;
  readonly throwsOnGap: boolean;
}

/** The checks of `WriteOptions`, for packages that have options of their own besides. */
export const writeChecks: Readonly<Record<keyof WriteOptions, Check>> = Object.freeze({
  auditor: (value: unknown) => (isAuditor(value) ? undefined : 'what createAuditor() returned'),
  models: is.object,
  bulk: is.object,
  isolate: is.boolean,
  mode: is.oneOf('async', 'strict'),
  onGap: is.oneOf('record', 'throw'),
});

/** @throws AuditError `AUDIT_OPTION_INVALID`, naming the option and the fix */
export function resolveWriteOptions(where: string, options: WriteOptions): WriteSettings {
  const { auditor, bulk = {}, isolate = false, mode = 'async', models = {}, onGap = 'record' } = options;
  checkOptions(`${where}.bulk`, bulk, { maxRows: is.integer(1, 100_000), level: is.oneOf('rows', 'summary') });
  const hashKey = auditor === undefined ? 'known later' : engineOf(auditor).settings.hashKey;
  for (const [name, model] of Object.entries(models)) checkModel(`${where}.models.${name}`, model, hashKey);
  return Object.freeze({
    auditor,
    models: Object.freeze({ ...models }),
    maxRows: bulk.maxRows ?? 1_000,
    summarises: bulk.level === 'summary',
    isolate,
    isStrict: mode === 'strict',
    throwsOnGap: onGap === 'throw',
  });
}

function checkModel(where: string, model: false | ModelOptions, hashKey: string | undefined): void {
  if (model === false) return;
  checkOptions(where, model, { type: is.text, name: is.text, fields: is.object, join: is.object });
  checkFields(`${where}.fields`, model.fields, hashKey);
  if (model.join === undefined) return;
  checkOptions(`${where}.join`, model.join, { of: is.text, owner: is.text, member: is.text, as: is.text });
}
