import { auditKnex } from '@whodunit/knex';
import type { Orm, Person, Verbs } from '@whodunit/test-support/orm';
import createKnex, { type Knex } from 'knex';

const NAMES = { displayName: 'display_name', deletedAt: 'deleted_at', updatedAt: 'updated_at' } as const;

/** Knex as an application would use it; `version` is what it takes the server for. */
export function knexOrm(version?: string): Orm {
  return {
    by: 'knex',
    names: NAMES,
    extraQueries: { insert: 0, update: version === undefined ? 0 : 1, remove: 0 },
    lacks: {
      softRemove: 'Knex has no soft delete: it is an update',
      restore: 'Knex has no soft delete: it is an update',
      insertNested: 'Knex has no relations',
      batch: 'Knex has no batch of updates; batchInsert is tested by itself',
    },
    async connect(url, options) {
      const bare = createKnex({ client: 'pg', connection: url, ...(version === undefined ? {} : { version }) });
      const db =
        options === 'not audited' ? bare : auditKnex(bare, { ...options, models: { ...MODELS, ...options.models } });
      return { verbs: verbsOf(db), close: () => db.destroy() };
    },
  };
}

const MODELS = {
  document_tags: { join: { of: 'document', owner: 'document_id', member: 'tag_id', as: 'tags' } },
} as const;

function verbsOf(db: Knex): Verbs {
  return {
    async insert(person) {
      const [row] = await db('people').insert(columnsOf(person)).returning('id');
      return (row as { id: number }).id;
    },
    async insertMany(people) {
      await db('people').insert(people.map(columnsOf));
    },
    async update(id, set) {
      await db('people').where({ id }).update(columnsOf(set));
    },
    async updateWhere(state, set) {
      await db('people').where({ state }).update(columnsOf(set));
    },
    async remove(id) {
      await db('people').where('id', id).del();
    },
    async removeWhere(state) {
      await db('people').where({ state }).delete();
    },
    async upsert(person) {
      await db('people').insert(columnsOf(person)).onConflict('email').merge();
    },
    async increment(id, by) {
      await db('people').where({ id }).increment('age', by);
    },
    async insertDocument(title, ownerId) {
      const [row] = await db('documents').insert({ title, owner_id: ownerId ?? null }, ['id']);
      return (row as { id: string }).id;
    },
    async updateDocument(id, title) {
      await db('documents').where('id', id).update('title', title);
    },
    async insertMembership(orgId, personId, role) {
      await db('memberships').insert({ org_id: orgId, person_id: personId, role });
    },
    async updateMembership(orgId, personId, role) {
      await db('memberships').where({ org_id: orgId, person_id: personId }).update({ role });
    },
    async removeMembership(orgId, personId) {
      await db('memberships').where({ org_id: orgId, person_id: personId }).del();
    },
    async setTags(documentId, tagIds) {
      await db.transaction(async (trx) => {
        await trx('document_tags').where({ document_id: documentId }).del();
        await trx('document_tags').insert(tagIds.map((tag_id) => ({ document_id: documentId, tag_id })));
      });
    },
    transaction: (work) => db.transaction((trx) => work(verbsOf(trx))),
    async raw(sql) {
      await db.raw(sql);
    },
  };
}

function columnsOf(person: Person): Record<string, unknown> {
  const columns: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(person)) {
    const column = name in NAMES ? NAMES[name as keyof typeof NAMES] : name;
    columns[column] = typeof value === 'bigint' ? String(value) : value;
  }
  return columns;
}
