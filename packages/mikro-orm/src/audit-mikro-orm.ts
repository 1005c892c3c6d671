import { AuditError } from '@whodunit/core';
import { captureWrites, isRowWrite } from '@whodunit/core/writes';
import { captureBuilder } from './builder.js';
import { captureCollections } from './collections.js';
import { entitiesOf } from './entities.js';
import { captureFlush } from './flush.js';
import type { AnyMikroOrm, Connection, Parts } from './mikro-orm.js';
import { captureNatives } from './natives.js';
import { type MikroOrmAuditOptions, resolveMikroOrmOptions } from './options.js';
import { reader } from './reading.js';
import { seenNow, type Tools } from './tools.js';
import { followTransactions } from './transactions.js';

const WHY =
  'Raw SQL tells nobody what it changes. Use entities, or em.nativeUpdate() and the like, or record what it does by hand; triggers of the database see it too.';

const audited = new WeakSet<object>();

/**
 * Records every write of this MikroORM 6 with what was there before and after: flushes, native writes, upserts and query
 * builders, of every fork of its entity manager, in transactions and out of them. Call it once, right after `MikroORM.init`.
 *
 * @returns the same object
 * @throws AuditError `AUDIT_OPTION_INVALID` for options that are wrong, and when it is audited already
 */
export function auditMikroOrm<O extends AnyMikroOrm>(orm: O, options: MikroOrmAuditOptions = {}): O {
  const { rereads } = resolveMikroOrmOptions(options);
  const writes = captureWrites('mikro-orm', 'auditMikroOrm', options);
  if (audited.has(orm))
    throw new AuditError('AUDIT_OPTION_INVALID', 'auditMikroOrm: this MikroORM is audited already. Call it once.');
  audited.add(orm);
  const parts = orm as unknown as Parts;
  const driver = parts.em.getDriver();
  const connection = driver.getConnection('write');
  const { execute } = connection;
  const send: Connection['execute'] = (...args) => Reflect.apply(execute, connection, args);
  connection.execute = async (...args) => {
    if (seenNow() === undefined && isRowWrite(textOf(args[0]))) writes.gap({ verb: 'execute', why: WHY });
    return send(...args);
  };

  const entities = entitiesOf(parts, writes);
  const transactions = followTransactions(connection, send);
  const tools: Tools = { connection, entities, reader: reader(driver, entities), rereads, transactions, writes };
  captureNatives(driver, tools);
  captureCollections(driver, tools);
  captureFlush(driver, parts.em.fork().getUnitOfWork().getChangeSetPersister(), tools);
  const [meta] = Object.values(parts.getMetadata().getAll());
  if (meta !== undefined) captureBuilder(driver, tools, driver.createQueryBuilder(meta.className, undefined, 'write'));
  return orm;
}

/** A query of knex says its SQL itself. */
function textOf(sql: unknown): string {
  if (typeof sql === 'string') return sql;
  const query = sql as { toSQL?(): { readonly sql?: unknown } } | null | undefined;
  return typeof query?.toSQL === 'function' ? String(query.toSQL().sql) : '';
}
