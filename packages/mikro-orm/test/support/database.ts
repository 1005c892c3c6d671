import { type EntityManager, MikroORM, raw } from '@mikro-orm/postgresql';
import { auditMikroOrm, type MikroOrmAuditOptions } from '@whodunit/mikro-orm';
import type { Verbs } from '@whodunit/test-support/orm';
import { Document, ENTITIES, Membership, Person, Tag } from './entities';

/** Opens MikroORM on a database, audited or not. */
export async function connect(url: string, options: MikroOrmAuditOptions | 'not audited') {
  const orm = await MikroORM.init({ clientUrl: url, entities: ENTITIES, discovery: { warnWhenNoEntities: false } });
  if (options !== 'not audited') auditMikroOrm(orm, options);
  return { orm, verbs: verbsOf(() => orm.em.fork()), close: () => orm.close() };
}

function verbsOf(open: () => EntityManager): Verbs {
  return {
    async insert(told) {
      const em = open();
      const person = em.create(Person, told as never);
      await em.persistAndFlush(person);
      return person.id;
    },
    async insertMany(told) {
      await open().insertMany(Person, told as never[]);
    },
    async update(id, set) {
      const em = open();
      const person = await em.findOneOrFail(Person, id);
      em.assign(person, set as never);
      await em.flush();
    },
    async updateWhere(state, set) {
      await open().nativeUpdate(Person, { state }, set as never);
    },
    async remove(id) {
      const em = open();
      await em.removeAndFlush(await em.findOneOrFail(Person, id));
    },
    async removeWhere(state) {
      await open().nativeDelete(Person, { state });
    },
    async upsert(told) {
      await open().upsert(Person, told as never);
    },
    async increment(id, by) {
      await open().nativeUpdate(Person, { id }, { age: raw('age + ?', [by]) as never });
    },
    async insertNested(told, titles) {
      const em = open();
      const person = em.create(Person, { ...told, documents: titles.map((title) => ({ title })) } as never);
      await em.persistAndFlush(person);
      return person.id;
    },
    async insertDocument(title, ownerId) {
      const em = open();
      const document = em.create(Document, { title, owner: ownerId ?? null } as never);
      await em.persistAndFlush(document);
      return document.id;
    },
    async updateDocument(id, title) {
      const em = open();
      (await em.findOneOrFail(Document, id)).title = title;
      await em.flush();
    },
    async insertMembership(orgId, personId, role) {
      await open().insert(Membership, { orgId, personId, role });
    },
    async updateMembership(orgId, personId, role) {
      const em = open();
      (await em.findOneOrFail(Membership, { orgId, personId })).role = role;
      await em.flush();
    },
    async removeMembership(orgId, personId) {
      const em = open();
      await em.removeAndFlush(await em.findOneOrFail(Membership, { orgId, personId }));
    },
    async setTags(documentId, tagIds) {
      const em = open();
      const document = await em.findOneOrFail(Document, documentId, { populate: ['tags'] });
      document.tags.set(tagIds.map((id) => em.getReference(Tag, id)));
      await em.flush();
    },
    transaction: (work) => open().transactional((em) => work(verbsOf(() => em.fork({ keepTransactionContext: true })))),
    async batch(sets) {
      const em = open();
      // A query in between would flush what is changed already.
      await em.find(Person, { id: { $in: sets.map(({ id }) => id) } });
      for (const { id, set } of sets) em.assign(em.getReference(Person, id), set as never);
      await em.flush();
    },
    async raw(sql) {
      await open().execute(sql);
    },
  };
}
