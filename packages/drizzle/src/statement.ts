import { copyOf, type Row } from '@whodunit/core/writes';
import type { Builder, Field, PrepareArguments, Prepared, Session, Values } from './drizzle.js';
import { decoded, oldLabel, type TablePlan } from './table.js';

/** What a write gave to the application, and the rows that it changed: read when they are needed. */
export interface Told {
  readonly result: unknown;
  readonly count: number | undefined;
  rows(): readonly Row[];
  /** What was there before, of an update that returned it. */
  old(): readonly Row[];
}

/** A write as Drizzle has built it: it can be sent as it is, or so that it tells the rows that it changes as well. */
export interface Statement {
  /** What Drizzle would have sent. */
  readonly bare: Prepared;
  send(session: Session, values: Values | undefined): Promise<Told>;
  sendForRows(session: Session, values: Values | undefined, withOld?: boolean): Promise<Told>;
  /** The error of another query as one of this. */
  asOwn(error: unknown): unknown;
}

/** Under which our columns stand in a row until they are taken out of it. */
const OWN = Symbol('whodunit');
/** A field that is left as the driver gave it. */
const UNTOUCHED = { sql: { decoder: { mapFromDriverValue: (value: unknown) => value } } };

/** Lets Drizzle build the statement of a builder, now and once. */
export function statementOf(builder: Builder, plan: TablePlan, name?: string): Statement {
  const { authToken, session } = builder;
  let args: PrepareArguments | undefined;
  builder.session = {
    prepareQuery(...given) {
      args = given;
      return session.prepareQuery(...given);
    },
  };
  let bare: Prepared;
  try {
    bare = builder._prepare(name);
  } finally {
    builder.session = session;
  }
  const [query, fields, , ...others] = args ?? [{ sql: '', params: [] }, undefined];
  // Its own, because that of the application's object is replaced.
  const own = { execute: bare.execute.bind(bare) };
  const prepare = (on: Session, text: string, wanted: readonly Field[] | undefined, as: string | undefined) => {
    if (text === query.sql && on === session) return own;
    const prepared = on.prepareQuery({ ...query, sql: text }, wanted, as, ...others);
    prepared.joinsNotNullableMap = bare.joinsNotNullableMap;
    return prepared;
  };
  const sendText = (on: Session, values: Values | undefined, text: string, wanted: readonly Field[] | undefined) =>
    prepare(on, text, wanted, ownName)
      .execute(values, authToken)
      .catch((error) => {
        throw withQuery(error, query.sql, text);
      });
  // A prepared statement of the same name must have the same text.
  const ownName = name === undefined ? undefined : `${name.slice(0, 50)}_audited`;
  return {
    bare,
    asOwn: (error) => withQuery(error, query.sql),
    async send(on, values) {
      const result = await prepare(on, query.sql, fields, name).execute(values, authToken);
      return { result, count: countOf(result), rows: none, old: none };
    },
    async sendForRows(on, values, withOld = false) {
      const list = withOld ? `${plan.list}, ${plan.oldList}` : plan.list;
      const oldOf = (rows: readonly Row[]) => (withOld ? () => decoded(plan, rows, (_, i) => oldLabel(i)) : none);
      if (fields === undefined) {
        const result = await sendText(on, values, `${query.sql} returning ${list}`, undefined);
        const rows = takeRows(result);
        const rowsNow = () => decoded(plan, rows, ({ name: label }) => label);
        return { result, count: rows.length, rows: rowsNow, old: oldOf(rows) };
      }
      if (!withOld && isWholeRow(fields, plan)) {
        const result = (await prepare(on, query.sql, fields, name).execute(values, authToken)) as Row[];
        return { result, count: result.length, rows: () => result.map((row) => rowOf(plan, row)), old: none };
      }
      const own = [...plan.columns.map(({ key }) => key), ...(withOld ? plan.columns.map((_, i) => oldLabel(i)) : [])];
      const wanted = [...fields, ...own.map((label) => ({ path: [OWN, label], field: UNTOUCHED }))];
      const result = (await sendText(on, values, `${query.sql}, ${list}`, wanted)) as Row[];
      const rows = result.map(takeOwn);
      return { result, count: rows.length, rows: () => decoded(plan, rows, ({ key }) => key), old: oldOf(rows) };
    },
  };
}

/** An error of Drizzle says which query failed: for the application it is the one that it made. */
function withQuery(error: unknown, built: string, sent = queryOf(error)): unknown {
  if (!(error instanceof Error) || sent === undefined || !error.message.includes(sent)) return error;
  error.message = error.message.replace(sent, () => built);
  if (error.stack !== undefined) error.stack = error.stack.replace(sent, () => built);
  if ('query' in error) error.query = built;
  return error;
}

function queryOf(error: unknown): string | undefined {
  return error instanceof Error && 'query' in error && typeof error.query === 'string' ? error.query : undefined;
}

/** The application asked for every column under its own name, so nothing has to be added. */
function isWholeRow(fields: readonly Field[], { columns }: TablePlan): boolean {
  return (
    fields.length === columns.length &&
    columns.every(({ column, key }, i) => {
      const { field, path } = fields[i] ?? { field: undefined, path: [] };
      return field === column && path.length === 1 && path[0] === key;
    })
  );
}

function rowOf({ columns }: TablePlan, row: Row): Row {
  return Object.fromEntries(columns.map(({ key }) => [key, copyOf(row[key])]));
}

const none = (): readonly Row[] => [];

/** Leaves a result as it would have been without `returning`; of a query of ours, takes its rows. */
export function takeRows(result: unknown): readonly Row[] {
  if (Array.isArray(result)) {
    if ('columns' in result) result.columns = [];
    return result.splice(0) as Row[];
  }
  const held = result as { rows?: Row[]; fields?: unknown; _parsers?: unknown; _prebuiltEmptyResultObject?: unknown };
  const rows = held.rows ?? [];
  held.rows = [];
  if ('fields' in held) held.fields = [];
  if ('_parsers' in held) held._parsers = undefined;
  if ('_prebuiltEmptyResultObject' in held) held._prebuiltEmptyResultObject = null;
  return rows;
}

function takeOwn(row: Row): Row {
  const own = Reflect.get(row, OWN) as Row;
  Reflect.deleteProperty(row, OWN);
  return own;
}

/** How many rows a driver says that it changed. */
function countOf(result: unknown): number | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  for (const name of ['rowCount', 'count', 'affectedRows', 'rowsAffected', 'length'])
    if (typeof Reflect.get(result, name) === 'number') return Reflect.get(result, name) as number;
  return undefined;
}
