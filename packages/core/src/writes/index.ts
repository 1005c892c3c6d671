/**
 * For ORM packages: what turns writes to a database into events that are true to its transactions. Applications use
 * `@whodunit/prisma`, `@whodunit/typeorm` and the like.
 *
 * @module
 */

export type { FieldOptions, FieldPolicy } from '../model/options.js';
export type { Query } from '../model/outbox.js';
export { copyOf } from '../pure/copy.js';
export type { Row } from '../pure/row.js';
export { contextText } from './context.js';
export { AuditField, AuditIgnore, fieldsSaidOf } from './decorators.js';
export type { Gap } from './gap.js';
export { idOf, textOf } from './key.js';
export type { Model, ModelShape } from './model.js';
export { type BulkOptions, type JoinOptions, type ModelOptions, type WriteOptions, writeChecks } from './options.js';
export { isRead, isRowWrite } from './raw.js';
export { type DatabaseRow, type DatabaseRows, databaseRows } from './told-by-database.js';
export { Unit } from './unit.js';
export type { ToldRow, Write } from './write.js';
export { captureWrites, type Writes } from './writes.js';
