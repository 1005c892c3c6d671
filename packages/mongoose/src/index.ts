export type { BulkOptions, FieldOptions, FieldPolicy, ModelOptions, WriteOptions } from '@whodunit/core/writes';
export { auditMongoose, auditPlugin, type MongooseOptions } from './audit-mongoose.js';
