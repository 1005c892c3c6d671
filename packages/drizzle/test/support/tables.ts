import type { Orm, Person, Verbs } from '@whodunit/test-support/orm';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import {
  bigint,
  customType,
  integer,
  jsonb,
  numeric,
  pgEnum,
  pgTable,
  primaryKey,
  serial,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import pg from 'pg';
import { auditDrizzle, type DrizzleOptions } from '../../src/index';

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const mood = pgEnum('mood', ['calm', 'angry']);

export const people = pgTable('people', {
  id: serial('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').unique(),
  displayName: text('display_name'),
  age: integer('age'),
  state: text('state').notNull().default('new'),
  balance: numeric('balance', { precision: 20, scale: 4 }),
  big: bigint('big', { mode: 'bigint' }),
  born: timestamp('born', { withTimezone: true }),
  photo: bytea('photo'),
  mood: mood('mood'),
  settings: jsonb('settings'),
  initial: text('initial').generatedAlwaysAs(sql`left(name, 1)`),
  password: text('password'),
  deletedAt: timestamp('deleted_at', { withTimezone: true }),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

export const documents = pgTable('documents', {
  id: uuid('id').primaryKey().defaultRandom(),
  title: text('title').notNull(),
  ownerId: integer('owner_id').references(() => people.id),
});

export const memberships = pgTable(
  'memberships',
  { orgId: integer('org_id').notNull(), personId: integer('person_id').notNull(), role: text('role').notNull() },
  (table) => [primaryKey({ columns: [table.orgId, table.personId] })],
);

const documentTags = pgTable(
  'document_tags',
  { documentId: uuid('document_id').notNull(), tagId: integer('tag_id').notNull() },
  (table) => [primaryKey({ columns: [table.documentId, table.tagId] })],
);

const schema = { people, documents, memberships, documentTags };
export type Db = NodePgDatabase<typeof schema> & { $client: pg.Pool };

const JOINS = {
  document_tags: { join: { of: 'document', owner: 'documentId', member: 'tagId', as: 'tags' } },
} as const;

/** A database of Drizzle, audited with these options, or not at all. */
export function connect(url: string, options: DrizzleOptions | 'not audited'): Db {
  const db = drizzle(new pg.Pool({ connectionString: url }), { schema });
  return options === 'not audited' ? db : auditDrizzle(db, { ...options, models: { ...JOINS, ...options.models } });
}

type Set = typeof people.$inferInsert;

/** The verbs of the suite. */
function verbsOf(db: Pick<Db, 'insert' | 'update' | 'delete' | 'select' | 'execute' | 'transaction'>): Verbs {
  const set = (person: Person) => person as Partial<Set>;
  return {
    async insert(person) {
      const [row] = await db
        .insert(people)
        .values(set(person) as Set)
        .returning({ id: people.id });
      return row?.id ?? 0;
    },
    async insertMany(persons) {
      await db.insert(people).values(persons as Set[]);
    },
    async update(id, person) {
      await db.update(people).set(set(person)).where(eq(people.id, id));
    },
    async updateWhere(state, person) {
      await db.update(people).set(set(person)).where(eq(people.state, state));
    },
    async remove(id) {
      await db.delete(people).where(eq(people.id, id));
    },
    async removeWhere(state) {
      await db.delete(people).where(eq(people.state, state));
    },
    async upsert(person) {
      await db
        .insert(people)
        .values(person as Set)
        .onConflictDoUpdate({ target: people.email, set: set(person) });
    },
    async increment(id, by) {
      await db
        .update(people)
        .set({ age: sql`${people.age} + ${by}` })
        .where(eq(people.id, id));
    },
    // Drizzle has no verb for it: an application sets the column.
    async softRemove(id) {
      await db.update(people).set({ deletedAt: new Date() }).where(eq(people.id, id));
    },
    async restore(id) {
      await db.update(people).set({ deletedAt: null }).where(eq(people.id, id));
    },
    async insertDocument(title, ownerId) {
      const [row] = await db.insert(documents).values({ title, ownerId }).returning();
      return row?.id ?? '';
    },
    async updateDocument(id, title) {
      await db.update(documents).set({ title }).where(eq(documents.id, id)).returning({ title: documents.title });
    },
    async insertMembership(orgId, personId, role) {
      await db.insert(memberships).values({ orgId, personId, role });
    },
    async updateMembership(orgId, personId, role) {
      await db
        .update(memberships)
        .set({ role })
        .where(and(eq(memberships.orgId, orgId), eq(memberships.personId, personId)));
    },
    async removeMembership(orgId, personId) {
      await db.delete(memberships).where(and(eq(memberships.orgId, orgId), eq(memberships.personId, personId)));
    },
    async setTags(documentId, tagIds) {
      const own = eq(documentTags.documentId, documentId);
      const held = (await db.select().from(documentTags).where(own)).map(({ tagId }) => tagId);
      const gone = held.filter((id) => !tagIds.includes(id));
      const added = tagIds.filter((id) => !held.includes(id)).map((tagId) => ({ documentId, tagId }));
      if (gone.length > 0) await db.delete(documentTags).where(and(own, inArray(documentTags.tagId, gone)));
      if (added.length > 0) await db.insert(documentTags).values(added);
    },
    transaction: (work) => db.transaction((tx) => work(verbsOf(tx))),
    async raw(statement) {
      await db.execute(statement);
    },
  };
}

export const ORM: Orm = {
  by: 'drizzle',
  lacks: {
    insertNested: 'Drizzle writes one table at a time',
    batch: 'node-postgres has no batch; it is a thing of drivers over HTTP',
  },
  extraQueries: { update: 0, insert: 0, remove: 0 },
  async connect(url, options) {
    const db = connect(url, options);
    return { verbs: verbsOf(db), close: () => db.$client.end() };
  },
};

/** The same as if the server were older than PostgreSQL 18, whose updates return what was there before. */
export const ORM_BEFORE_18: Orm = {
  ...ORM,
  extraQueries: { ...ORM.extraQueries, update: 1 },
  connect: (url, options) =>
    ORM.connect(url, options === 'not audited' ? options : ({ ...options, serverVersion: 17 } as DrizzleOptions)),
};
