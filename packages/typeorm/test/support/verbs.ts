import type { WriteOptions } from '@whodunit/core/writes';
import type { Orm, Person, Verbs } from '@whodunit/test-support/orm';
import { auditTypeorm } from '@whodunit/typeorm';
import type { EntityManager } from 'typeorm';
import { entitiesFor } from './entities';
import type { TypeOrm } from './versions';

/** By criteria (`insert`, `update`, `delete`, ...), or by entities that are loaded and saved. */
export type Way = 'criteria' | 'entities';

export function ormOf(orm: TypeOrm, way: Way): Orm {
  return {
    by: 'typeorm',
    extraQueries: { insert: 0, update: way === 'criteria' ? 1 : 0, remove: 0 },
    async connect(url: string, options: WriteOptions | 'not audited') {
      const entities = entitiesFor(orm);
      const source = new orm.DataSource({ type: 'postgres', url, entities: Object.values(entities) });
      if (options !== 'not audited') auditTypeorm(source, options);
      await source.initialize();
      return { verbs: verbsOf(source.manager, entities, way), close: () => source.destroy() };
    },
  };
}

type Entities = ReturnType<typeof entitiesFor>;

function verbsOf(manager: EntityManager, entities: Entities, way: Way): Verbs {
  const { Document, Membership, Person, Tag } = entities;
  const people = manager.getRepository(Person);
  const documents = manager.getRepository(Document);
  const memberships = manager.getRepository(Membership);
  const shaped = (person: Person) => person as object;

  const byCriteria: Verbs = {
    async insert(person) {
      return (await people.insert(shaped(person))).identifiers[0]?.['id'];
    },
    async insertMany(all) {
      await people.insert(all.map(shaped));
    },
    async update(id, set) {
      await people.update(id, shaped(set));
    },
    async updateWhere(state, set) {
      await people.update({ state }, shaped(set));
    },
    async remove(id) {
      await people.delete(id);
    },
    async removeWhere(state) {
      await people.delete({ state });
    },
    async upsert(person) {
      await people.upsert(shaped(person), ['email']);
    },
    async increment(id, by) {
      await people.increment({ id }, 'age', by);
    },
    async softRemove(id) {
      await people.softDelete(id);
    },
    async restore(id) {
      await people.restore(id);
    },
    async insertNested(person, titles) {
      const ann = people.create(shaped(person));
      ann.documents = titles.map((title) => documents.create({ title }));
      return (await people.save(ann)).id;
    },
    async insertDocument(title, ownerId) {
      const { identifiers } = await documents.insert({ title, ...(ownerId && { owner: { id: ownerId } }) });
      return identifiers[0]?.['id'];
    },
    async updateDocument(id, title) {
      await documents.update({ id }, { title });
    },
    async insertMembership(orgId, personId, role) {
      await memberships.insert({ orgId, personId, role });
    },
    async updateMembership(orgId, personId, role) {
      await memberships.update({ orgId, personId }, { role });
    },
    async removeMembership(orgId, personId) {
      await memberships.delete({ orgId, personId });
    },
    async setTags(id, tagIds) {
      await documents.save({ id, tags: tagIds.map((tagId) => Object.assign(new Tag(), { id: tagId })) });
    },
    transaction: (work) => manager.transaction((inner) => work(verbsOf(inner, entities, way))),
    async batch(sets) {
      await people.save(sets.map(({ id, set }) => ({ id, ...shaped(set) })));
    },
    async raw(sql) {
      await manager.query(sql);
    },
  };
  if (way === 'criteria') return byCriteria;
  return {
    ...byCriteria,
    insert: async (person) => (await people.save(people.create(shaped(person)))).id,
    async insertMany(all) {
      await people.save(all.map((person) => people.create(shaped(person))));
    },
    async update(id, set) {
      await people.save(Object.assign(await people.findOneByOrFail({ id }), set));
    },
    async remove(id) {
      await people.remove(await people.findOneByOrFail({ id }));
    },
    async softRemove(id) {
      await people.softRemove(await people.findOneByOrFail({ id }));
    },
    async restore(id) {
      await people.recover(await people.findOneOrFail({ where: { id }, withDeleted: true }));
    },
    insertDocument: async (title, ownerId) =>
      (await documents.save(documents.create({ title, ...(ownerId && { owner: { id: ownerId } }) }))).id,
    async updateDocument(id, title) {
      await documents.save({ id, title });
    },
    async insertMembership(orgId, personId, role) {
      await memberships.save({ orgId, personId, role });
    },
    async updateMembership(orgId, personId, role) {
      await memberships.save({ orgId, personId, role });
    },
    async removeMembership(orgId, personId) {
      await memberships.remove(await memberships.findOneByOrFail({ orgId, personId }));
    },
  };
}
