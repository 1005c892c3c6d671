import type { Orm, Person, Verbs } from '@whodunit/test-support/orm';
import { type ColumnType, type Generated, Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { auditKysely, type KyselyOptions } from '../../src/index';

export interface People {
  id: Generated<number>;
  name: string;
  email: string | null;
  display_name: string | null;
  age: number | null;
  state: Generated<string>;
  balance: string | null;
  big: ColumnType<string | null, bigint | string | null | undefined>;
  born: Date | null;
  photo: Buffer | null;
  mood: 'calm' | 'angry' | null;
  settings: unknown;
  initial: Generated<string>;
  password: string | null;
  deleted_at: Date | null;
  updated_at: Generated<Date>;
}

type Optional<T> = { [K in keyof T]: null extends T[K] ? ColumnType<T[K], T[K] | undefined, T[K] | undefined> : T[K] };

export interface Tables {
  people: Optional<People>;
  documents: { id: Generated<string>; title: string; owner_id: ColumnType<number | null, number | undefined, number> };
  memberships: { org_id: number; person_id: number; role: string };
  document_tags: { document_id: string; tag_id: number };
}

export type Db = Kysely<Tables>;

const JOINS = {
  document_tags: { join: { of: 'document', owner: 'document_id', member: 'tag_id', as: 'tags' } },
} as const;

/** A Kysely, audited with these options, or not at all. */
export function connect(url: string, options: KyselyOptions | 'not audited'): Db {
  const pool = new pg.Pool({ connectionString: url });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return options === 'not audited' ? db : auditKysely(db, { ...options, models: { ...JOINS, ...options.models } });
}

/** A person of the suite in the names of the columns. */
function columnsOf({ deletedAt, displayName, updatedAt, ...person }: Person): never {
  return {
    ...person,
    ...(displayName === undefined ? {} : { display_name: displayName }),
    ...(deletedAt === undefined ? {} : { deleted_at: deletedAt }),
    ...(updatedAt === undefined ? {} : { updated_at: updatedAt }),
  } as never;
}

/** The verbs of the suite, with transactions that can have savepoints. */
function verbsOf(db: Db, transaction: Verbs['transaction'] = (work) => controlled(db, work)): Verbs {
  return {
    async insert(person) {
      const { id } = await db.insertInto('people').values(columnsOf(person)).returning('id').executeTakeFirstOrThrow();
      return id;
    },
    async insertMany(people) {
      await db.insertInto('people').values(people.map(columnsOf)).execute();
    },
    async update(id, person) {
      await db.updateTable('people').set(columnsOf(person)).where('id', '=', id).execute();
    },
    async updateWhere(state, person) {
      await db.updateTable('people').set(columnsOf(person)).where('state', '=', state).execute();
    },
    async remove(id) {
      await db.deleteFrom('people').where('id', '=', id).execute();
    },
    async removeWhere(state) {
      await db.deleteFrom('people').where('state', '=', state).execute();
    },
    async upsert(person) {
      await db
        .insertInto('people')
        .values(columnsOf(person))
        .onConflict((oc) => oc.column('email').doUpdateSet(columnsOf(person)))
        .execute();
    },
    async increment(id, by) {
      await db
        .updateTable('people')
        .set((eb) => ({ age: eb('age', '+', by) }))
        .where('id', '=', id)
        .execute();
    },
    // Kysely has no verb for it: an application sets the column.
    async softRemove(id) {
      await db.updateTable('people').set({ deleted_at: new Date() }).where('id', '=', id).execute();
    },
    async restore(id) {
      await db.updateTable('people').set({ deleted_at: null }).where('id', '=', id).execute();
    },
    async insertDocument(title, ownerId) {
      const values = { title, ...(ownerId === undefined ? {} : { owner_id: ownerId }) };
      const { id } = await db.insertInto('documents').values(values).returningAll().executeTakeFirstOrThrow();
      return id;
    },
    async updateDocument(id, title) {
      await db.updateTable('documents').set({ title }).where('id', '=', id).returning('title as name').execute();
    },
    async insertMembership(orgId, personId, role) {
      await db.insertInto('memberships').values({ org_id: orgId, person_id: personId, role }).execute();
    },
    async updateMembership(orgId, personId, role) {
      await db
        .updateTable('memberships')
        .set({ role })
        .where((eb) => eb.and({ org_id: orgId, person_id: personId }))
        .execute();
    },
    async removeMembership(orgId, personId) {
      await db.deleteFrom('memberships').where('org_id', '=', orgId).where('person_id', '=', personId).execute();
    },
    async setTags(id, tagIds) {
      const rows = await db.selectFrom('document_tags').select('tag_id').where('document_id', '=', id).execute();
      const held = rows.map((row) => row.tag_id);
      const gone = held.filter((tag) => !tagIds.includes(tag));
      const added = tagIds.filter((tag) => !held.includes(tag)).map((tag) => ({ document_id: id, tag_id: tag }));
      const own = db.deleteFrom('document_tags').where('document_id', '=', id);
      if (gone.length > 0) await own.where('tag_id', 'in', gone).execute();
      if (added.length > 0) await db.insertInto('document_tags').values(added).execute();
    },
    transaction,
    async raw(statement) {
      await sql.raw(statement).execute(db);
    },
  };
}

/** A transaction of `db.transaction()`; those within it are savepoints of a controlled one. */
async function controlled<T>(db: Db, work: (verbs: Verbs) => Promise<T>): Promise<T> {
  const tx = await db.startTransaction().execute();
  let count = 0;
  const inner: Verbs['transaction'] = async (nested) => {
    const name = `point_${count++}`;
    await tx.savepoint(name as never).execute();
    try {
      const result = await nested(verbsOf(tx, inner));
      await tx.releaseSavepoint(name as never).execute();
      return result;
    } catch (error) {
      await tx.rollbackToSavepoint(name as never).execute();
      throw error;
    }
  };
  try {
    const result = await work(verbsOf(tx, inner));
    await tx.commit().execute();
    return result;
  } catch (error) {
    await tx.rollback().execute();
    throw error;
  }
}

const NAMES = { displayName: 'display_name', deletedAt: 'deleted_at', updatedAt: 'updated_at' };

export const ORM: Orm = {
  by: 'kysely',
  names: NAMES,
  lacks: {
    insertNested: 'Kysely writes one table at a time',
    batch: 'Kysely has no batch',
  },
  extraQueries: { update: 1, insert: 0, remove: 0 },
  async connect(url, options) {
    const db = connect(url, options);
    return { verbs: verbsOf(db), close: () => db.destroy() };
  },
};

/** The same with the transactions of `db.transaction().execute()`, which have no savepoints. */
export const CALLBACKS: Orm = {
  ...ORM,
  lacks: { ...ORM.lacks, savepoint: 'a callback transaction of Kysely has none; a controlled one has' },
  async connect(url, options) {
    const db = connect(url, options);
    const transaction: Verbs['transaction'] = (work) => db.transaction().execute((tx) => work(verbsOf(tx, never)));
    const never = () => Promise.reject(new Error('no savepoints'));
    return { verbs: verbsOf(db, transaction), close: () => db.destroy() };
  },
};
