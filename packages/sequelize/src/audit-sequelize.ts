import { AuditError } from '@whodunit/core';
import { captureWrites, isRowWrite } from '@whodunit/core/writes';
import { capturer } from './capturer.js';
import { resolveSequelizeOptions, type SequelizeAuditOptions } from './options.js';
import { reader } from './reading.js';
import type { AnySequelize, QueryInterface, Send, SequelizeParts } from './sequelize.js';
import { tablesOf } from './table.js';
import { followTransactions } from './transactions.js';
import { VERBS } from './verbs/index.js';

const WHY =
  'Raw SQL tells nobody what it changes. Use a model or a verb of queryInterface, or record what it does by hand; triggers of the database see it too.';

const audited = new WeakSet<object>();

/**
 * Records every write of this Sequelize 6 with what was there before and after: of models that are there and those that will
 * be, in transactions and out of them, with hooks and without. Call it once, right after `new Sequelize(...)`.
 *
 * @returns the same object
 * @throws AuditError `AUDIT_OPTION_INVALID` for options that are wrong, and when it is audited already
 */
export function auditSequelize<S extends AnySequelize>(sequelize: S, options: SequelizeAuditOptions = {}): S {
  const settings = resolveSequelizeOptions(options);
  const writes = captureWrites('sequelize', 'auditSequelize', options);
  if (audited.has(sequelize))
    throw new AuditError('AUDIT_OPTION_INVALID', 'auditSequelize: this Sequelize is audited already. Call it once.');
  audited.add(sequelize);
  const parts = sequelize as unknown as SequelizeParts;
  const query = parts.query;
  const send: Send = (sql, given) => Reflect.apply(query, parts, [sql, given]);
  parts.query = (sql, given) => {
    try {
      if (isRowWrite(textOf(sql))) writes.gap({ verb: 'query', model: given?.model?.name, why: WHY });
    } catch (refusal) {
      return Promise.reject(refusal as Error);
    }
    return send(sql, given);
  };

  const queryInterface = parts.getQueryInterface();
  const originals = Object.fromEntries(Object.keys(VERBS).map((verb) => [verb, queryInterface[verb]]));
  /** Sequelize's own verbs: what they send is no raw SQL. */
  const sendingWith = (by: Send): QueryInterface =>
    Object.assign(Object.create(queryInterface) as QueryInterface, originals, {
      sequelize: Object.create(parts, { query: { value: by } }) as QueryInterface['sequelize'],
    });
  const own = sendingWith(send);
  const capture = capturer({
    parts,
    writes,
    tables: tablesOf(parts, writes),
    transactions: followTransactions(parts, send, sendingWith),
    tools: { settings, reader: reader(parts, send), returns: returnsRows(parts) },
  });
  for (const [verb, shape] of Object.entries(VERBS)) {
    const original = originals[verb] as (...args: unknown[]) => Promise<unknown>;
    const run = (args: readonly unknown[], by?: Send): Promise<unknown> =>
      Reflect.apply(original, by === undefined ? own : sendingWith(by), args);
    queryInterface[verb] = (...args: unknown[]) => capture(verb, shape, args, run);
  }
  return sequelize;
}

function returnsRows({ dialect }: SequelizeParts): boolean {
  const { returnValues } = dialect.supports;
  return typeof returnValues === 'object' && returnValues.returning === true;
}

function textOf(sql: unknown): string {
  if (typeof sql === 'string') return sql;
  return typeof sql === 'object' && sql !== null && 'query' in sql ? String(sql.query) : '';
}
