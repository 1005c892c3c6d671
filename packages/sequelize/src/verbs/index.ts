import type { ModelClass, QueryOptions } from '../sequelize.js';
import type { Table } from '../table.js';
import { bulkDelete } from './bulk-delete.js';
import { bulkInsert } from './bulk-insert.js';
import { bulkUpdate } from './bulk-update.js';
import { remove } from './delete.js';
import { increment } from './increment.js';
import { insert } from './insert.js';
import { update } from './update.js';
import { upsert } from './upsert.js';
import type { Tools, Verb } from './verb.js';

/** How a verb of the query interface is called, and captured. */
export interface VerbShape {
  /** Which argument is its options. */
  readonly options: number;
  /** Which argument names the table. */
  readonly name: number;
  /** Finds its model among the arguments; a verb that migrations call has none. */
  model(args: readonly unknown[], options: QueryOptions): ModelClass | undefined;
  verb(tools: Tools, table: Table, args: readonly never[]): Verb;
}

type Build = (tools: Tools, table: Table, args: never) => Verb;

const ofInstance = ([instance]: readonly unknown[]): ModelClass | undefined =>
  (instance as { readonly constructor: ModelClass } | null | undefined)?.constructor;
const ofOptions = (_: readonly unknown[], { model }: QueryOptions): ModelClass | undefined => model;

const shape = (options: number, name: number, model: VerbShape['model'], build: Build): VerbShape => ({
  options,
  name,
  model,
  verb: build as VerbShape['verb'],
});

const arithmetic = shape(5, 1, ([model]) => model as ModelClass, increment);

/** Every way in which Sequelize writes rows ends in one of these. */
export const VERBS: Readonly<Record<string, VerbShape>> = {
  insert: shape(3, 1, ofInstance, insert),
  bulkInsert: shape(2, 0, ofOptions, bulkInsert),
  update: shape(4, 1, ofInstance, update),
  bulkUpdate: shape(3, 0, ofOptions, bulkUpdate),
  increment: arithmetic,
  decrement: arithmetic,
  upsert: shape(4, 0, ofOptions, upsert),
  delete: shape(3, 1, ofInstance, remove),
  bulkDelete: shape(2, 0, (args, { model }) => (args[3] as ModelClass | undefined) ?? model, bulkDelete),
};
