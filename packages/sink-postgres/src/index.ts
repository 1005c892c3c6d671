export type { PostgresDatabase } from './database.js';
export { type MigrateOptions, migrate } from './migrate.js';
export type { PostgresSinkOptions } from './options.js';
export type { PostgresPlace } from './place.js';
export { type DropPartitionsOptions, type DroppedPartition, dropPartitionsBefore } from './retention.js';
export { postgresSink } from './sink.js';
