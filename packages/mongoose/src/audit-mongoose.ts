import { AuditError, checkOptions } from '@whodunit/core';
import { captureWrites, type WriteOptions, type Writes, writeChecks } from '@whodunit/core/writes';
import { attach } from './attach.js';
import { watchDriver } from './driver-gaps.js';
import { fieldsIn } from './fields.js';
import type { ConnectionLike, MongooseLike, SchemaLike } from './like.js';

/** What `auditMongoose` and `auditPlugin` may be told. Nothing must be. Models are known by their names in Mongoose. */
export type MongooseOptions = WriteOptions;

const audited = new WeakSet<MongooseLike>();

/**
 * Audits everything that is written through Mongoose: by documents, by queries, by models and by their `collection`. One
 * line, before or after models are compiled and connections opened. Returns what it was given.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`, also when it is audited already
 */
export function auditMongoose<M extends MongooseLike>(mongoose: M, options: MongooseOptions = {}): M {
  const writes = writesOf('auditMongoose', options);
  if (audited.has(mongoose)) {
    const problem = 'auditMongoose: this Mongoose is audited already. Call it once, with all that it shall be told.';
    throw new AuditError('AUDIT_OPTION_INVALID', problem);
  }
  audited.add(mongoose);
  mongoose.plugin((schema) => listen(schema as SchemaLike, writes));
  for (const { models } of mongoose.connections as readonly ConnectionLike[])
    for (const model of Object.values(models)) attach(model, writes);
  watchDriver(mongoose.mongo, { connections: mongoose.connections, writes });
  return mongoose;
}

/**
 * Audits the models of one schema: `schema.plugin(auditPlugin())`, before they are compiled. Counts more than `auditMongoose`
 * for these. What goes to the driver past Mongoose is seen by `auditMongoose` alone.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function auditPlugin(options: MongooseOptions = {}): (schema: SchemaLike) => void {
  const writes = writesOf('auditPlugin', options);
  return (schema) => listen(schema, writes);
}

function writesOf(where: string, options: MongooseOptions): Writes {
  checkOptions(where, options, writeChecks);
  return captureWrites('mongoose', where, options);
}

/** A schema says when a model is made of it. */
function listen(schema: SchemaLike, writes: Writes): void {
  // What is wrong in it shall be known when it is made, not with the first write.
  fieldsIn(schema);
  schema.on('init', (model) => attach(model, writes));
}
