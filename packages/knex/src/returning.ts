import type { Row } from '@whodunit/core/writes';
import type { Sent } from './knex-parts.js';

/** The rows that a write gives back to us, which the application has not asked for. Postgres only. */
export interface Returning {
  /** What the statement calls its table, quoted. */
  readonly of: string;
  /** PostgreSQL 18 gives a row as it was together with what it is. */
  readonly withOld: boolean;
  /** Filled in when the write has run. `undefined` stands for a row that was not there. */
  readonly old: (Row | undefined)[];
  readonly rows: Row[];
}

interface Field {
  readonly name: string;
}

/** What `pg` answers with, when it is asked for lists instead of objects. */
interface Answer {
  rows: unknown[];
  fields: readonly Field[];
  rowAsArray?: boolean;
  parseRow?: unknown;
  _parsers?: unknown;
  _prebuiltEmptyResultObject?: unknown;
}

/** Stands between what the application asked for and what we ask for. */
const MARK = '__whodunit';
const ASKED = ' returning ';

/** The same statement, giving back all of its rows besides what the application asked for. */
export function withReturning(sent: Sent, { of, withOld }: Returning): Sent {
  const at = sent.returning ? sent.sql.lastIndexOf(ASKED) : -1;
  const asked = at < 0 ? '' : `${sent.sql.slice(at + ASKED.length)}, null as "${MARK}", `;
  const list = withOld ? 'with (old as "__old", new as "__new") ' : '';
  const rows = withOld ? '"__old".*, "__new".*' : `${of}.*`;
  const name = sent.options?.['name'];
  return {
    ...sent,
    sql: `${at < 0 ? sent.sql : sent.sql.slice(0, at)}${ASKED}${list}${asked}${rows}`,
    options: {
      ...sent.options,
      rowMode: 'array',
      // A prepared statement has one text.
      ...(typeof name === 'string' ? { name: `${name}:audited` } : {}),
    },
  };
}

/** Takes our rows out of an answer, and leaves in it what the application would have got. */
export function takeRows(sent: Sent, returning: Returning, response: unknown): void {
  const answer = response as Answer;
  const { fields } = answer;
  const lists = answer.rows as unknown[][];
  const mark = sent.returning ? fields.findIndex(({ name }) => name === MARK) : -1;
  const start = mark + 1;
  const middle = returning.withOld ? start + (fields.length - start) / 2 : start;
  for (const list of lists) {
    if (returning.withOld) {
      const isThere = list.slice(start, middle).some((value) => value !== null);
      returning.old.push(isThere ? rowOf(fields, list, start, middle) : undefined);
    }
    returning.rows.push(rowOf(fields, list, middle, fields.length));
  }
  restore(sent, answer, mark);
}

function restore(sent: Sent, answer: Answer, asked: number): void {
  const { fields } = answer;
  const isList = sent.options?.['rowMode'] === 'array';
  if (asked < 0) {
    answer.rows = [];
    answer.fields = [];
    answer._parsers = undefined;
    answer._prebuiltEmptyResultObject = null;
  } else {
    answer.rows = (answer.rows as unknown[][]).map((list) =>
      isList ? list.slice(0, asked) : rowOf(fields, list, 0, asked),
    );
    answer.fields = fields.slice(0, asked);
    answer._parsers = (answer._parsers as unknown[] | undefined)?.slice(0, asked);
    answer._prebuiltEmptyResultObject = Object.fromEntries(answer.fields.map(({ name }) => [name, null]));
  }
  if (isList) return;
  answer.rowAsArray = false;
  delete answer.parseRow;
}

function rowOf(fields: readonly Field[], list: readonly unknown[], from: number, to: number): Row {
  const row: Record<string, unknown> = {};
  for (let i = from; i < to; i++) row[fields[i]?.name ?? ''] = list[i];
  return row;
}
