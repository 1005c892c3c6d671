import { auditKnex } from '@whodunit/knex';
import type { Orm, Person as SuitePerson, Verbs } from '@whodunit/test-support/orm';
import createKnex, { type Knex } from 'knex';
import { knexSnakeCaseMappers, Model, type Transaction } from 'objection';

/** Models of the tables of the suite, as an application would write them. */
export function modelsOn(db: Knex) {
  class Tag extends Model {
    static override tableName = 'tags';
    declare id: number;
    declare name: string;
  }
  class Document extends Model {
    static override tableName = 'documents';
    declare id: string;
    declare title: string;
    declare tags?: Tag[];
    static override relationMappings = () => ({
      tags: {
        relation: Model.ManyToManyRelation,
        modelClass: Tag,
        join: {
          from: 'documents.id',
          through: { from: 'documentTags.documentId', to: 'documentTags.tagId' },
          to: 'tags.id',
        },
      },
    });
  }
  class Membership extends Model {
    static override tableName = 'memberships';
    static override idColumn = ['orgId', 'personId'];
    declare orgId: number;
    declare personId: number;
    declare role: string;
  }
  class Person extends Model {
    static override tableName = 'people';
    static override jsonAttributes = ['settings'];
    declare id: number;
    declare name: string;
    declare age: number | null;
    declare documents?: Document[];
    static override relationMappings = () => ({
      documents: {
        relation: Model.HasManyRelation,
        modelClass: Document,
        join: { from: 'people.id', to: 'documents.ownerId' },
      },
    });
  }
  for (const model of [Tag, Document, Membership, Person]) model.knex(db);
  return { Tag, Document, Membership, Person };
}

export const JOINS = {
  documentTags: { join: { of: 'document', owner: 'documentId', member: 'tagId', as: 'tags' } },
} as const;

/** Objection with names in camel case. */
export const objectionOrm: Orm = {
  by: 'knex',
  extraQueries: { insert: 0, update: 0, remove: 0 },
  lacks: {
    softRemove: 'Objection has no soft delete: it is a patch',
    restore: 'Objection has no soft delete: it is a patch',
  },
  async connect(url, options) {
    const bare = createKnex({ client: 'pg', connection: url, ...knexSnakeCaseMappers() });
    const db =
      options === 'not audited' ? bare : auditKnex(bare, { ...options, models: { ...JOINS, ...options.models } });
    return { verbs: verbsOf(modelsOn(db)), close: () => db.destroy() };
  },
};

function verbsOf(models: ReturnType<typeof modelsOn>, trx?: Transaction): Verbs {
  const { Document, Membership, Person } = models;
  const patchOf = (set: SuitePerson): object => ({ ...set, ...(set.big == null ? {} : { big: String(set.big) }) });
  return {
    async insert(person) {
      return (await Person.query(trx).insert(patchOf(person))).id;
    },
    async insertMany(people) {
      await Person.query(trx).insert(people.map(patchOf));
    },
    async update(id, set) {
      await Person.query(trx).findById(id).patch(patchOf(set));
    },
    async updateWhere(state, set) {
      await Person.query(trx).where({ state }).patch(patchOf(set));
    },
    async remove(id) {
      await Person.query(trx).deleteById(id);
    },
    async removeWhere(state) {
      await Person.query(trx).where({ state }).delete();
    },
    async upsert(person) {
      await Person.query(trx).insert(patchOf(person)).onConflict('email').merge();
    },
    async increment(id, by) {
      await Person.query(trx).findById(id).increment('age', by);
    },
    async insertNested(person, titles) {
      const graph = { ...patchOf(person), documents: titles.map((title) => ({ title })) };
      return (await Person.query(trx).insertGraph(graph)).id;
    },
    async insertDocument(title, ownerId) {
      return (await Document.query(trx).insert({ title, ...(ownerId === undefined ? {} : { ownerId }) })).id;
    },
    async updateDocument(id, title) {
      const document = await Document.query(trx).findById(id).throwIfNotFound();
      await document.$query(trx).patch({ title });
    },
    async insertMembership(orgId, personId, role) {
      await Membership.query(trx).insert({ orgId, personId, role });
    },
    async updateMembership(orgId, personId, role) {
      await Membership.query(trx).findById([orgId, personId]).patch({ role });
    },
    async removeMembership(orgId, personId) {
      await Membership.query(trx).deleteById([orgId, personId]);
    },
    async setTags(documentId, tagIds) {
      const graph = { id: documentId, tags: tagIds.map((id) => ({ id })) };
      await Document.query(trx).upsertGraph(graph, { relate: true, unrelate: true });
    },
    transaction: (work) =>
      trx === undefined
        ? Person.transaction((inner) => work(verbsOf(models, inner)))
        : trx.transaction((inner) => work(verbsOf(models, inner))),
    async batch(sets) {
      await Person.transaction(async (inner) => {
        await Person.query(inner).upsertGraph(sets.map(({ id, set }) => ({ id, ...patchOf(set) })));
      });
    },
    async raw(sql) {
      await Person.knex().raw(sql);
    },
  };
}
