import type { Orm, Verbs } from '@whodunit/test-support/orm';
import { auditPrisma } from '../../src/index.js';
import { connect, modelOf, type TestClient, type Version } from './generate';
import { MODELS } from './models';

const models = { DocumentTag: { join: { of: 'document', owner: 'documentId', member: 'tagId', as: 'tags' } } };

/** Prisma of a version, for the shared suite. */
export function ormOf(version: Version): Orm {
  return {
    by: 'prisma',
    lacks: {
      softRemove: 'Prisma has no soft delete: an update of the mark is one, which the suite tests',
      restore: 'Prisma has no soft delete: an update of the mark is one',
      ...(version === 6 ? { savepoint: 'Prisma 6 has no transaction within a transaction' } : {}),
    },
    extraQueries: { insert: 0, update: 1, remove: 0 },
    async connect(url, options) {
      const bare = connect(version, MODELS, url);
      const client = options === 'not audited' ? bare : bare.$extends(auditPrisma({ ...options, models }));
      return { verbs: verbsOf(client), close: () => bare.$disconnect() };
    },
  };
}

function verbsOf(prisma: TestClient): Verbs {
  const [person, document] = [modelOf(prisma, 'person'), modelOf(prisma, 'document')];
  const membership = modelOf(prisma, 'membership');
  return {
    insert: async (data) => (await person.create({ data }))['id'] as number,
    insertMany: async (data) => void (await person.createMany({ data })),
    update: async (id, data) => void (await person.update({ where: { id }, data })),
    updateWhere: async (state, data) => void (await person.updateMany({ where: { state }, data })),
    remove: async (id) => void (await person.delete({ where: { id } })),
    removeWhere: async (state) => void (await person.deleteMany({ where: { state } })),
    upsert: async ({ email, ...data }) =>
      void (await person.upsert({ where: { email }, create: { email, ...data }, update: data })),
    increment: async (id, by) => void (await person.update({ where: { id }, data: { age: { increment: by } } })),
    insertNested: async (data, titles) => {
      const documents = { create: titles.map((title) => ({ title })) };
      return (await person.create({ data: { ...data, documents } }))['id'] as number;
    },
    insertDocument: async (title, ownerId) => (await document.create({ data: { title, ownerId } }))['id'] as string,
    updateDocument: async (id, title) => void (await document.update({ where: { id }, data: { title } })),
    insertMembership: async (orgId, personId, role) =>
      void (await membership.create({ data: { orgId, personId, role } })),
    updateMembership: async (orgId, personId, role) =>
      void (await membership.update({ where: { orgId_personId: { orgId, personId } }, data: { role } })),
    removeMembership: async (orgId, personId) =>
      void (await membership.delete({ where: { orgId_personId: { orgId, personId } } })),
    setTags: async (id, tagIds) => {
      const connectOrCreate = tagIds.map((tagId) => ({
        where: { documentId_tagId: { documentId: id, tagId } },
        create: { tagId },
      }));
      const tags = { deleteMany: { tagId: { notIn: [...tagIds] } }, connectOrCreate };
      await document.update({ where: { id }, data: { tags } });
    },
    transaction: (work) => prisma.$transaction((tx) => work(verbsOf(tx))),
    batch: async (sets) =>
      void (await prisma.$transaction(sets.map(({ id, set }) => person.update({ where: { id }, data: set })))),
    raw: async (sql) => void (await prisma.$executeRawUnsafe(sql)),
  };
}
