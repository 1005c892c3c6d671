import { auditSequelize, type SequelizeAuditOptions } from '@whodunit/sequelize';
import type { Person as Told, Verbs } from '@whodunit/test-support/orm';
import { type Attributes, type CreationAttributes, Sequelize, type Transaction } from 'sequelize';
import { defineModels, type Models, type Person } from './models';

/** Opens Sequelize on a database, audited or not. */
export async function connect(url: string, options: SequelizeAuditOptions | 'not audited') {
  const sequelize = new Sequelize(url, { logging: false, pool: { max: 10 } });
  if (options !== 'not audited') auditSequelize(sequelize, options);
  const models = defineModels(sequelize);
  return { sequelize, models, verbs: verbsOf(sequelize, models), close: () => sequelize.close() };
}

function verbsOf(sequelize: Sequelize, models: Models, transaction: Transaction | null = null): Verbs {
  const { document, membership, person } = models;
  const at = { transaction };
  const found = (id: number, paranoid = true) => person.findByPk(id, { ...at, paranoid });
  // The generated column is Postgres's own to write.
  const fields = Object.keys(person.rawAttributes).filter((name) => name !== 'initial');
  const values = (told: Told) => told as CreationAttributes<Person>;
  const changes = (told: Told) => told as Attributes<Person>;
  return {
    async insert(told) {
      return (await person.create(values(told), at)).id;
    },
    async insertMany(told) {
      await person.bulkCreate(told.map(values), { ...at, fields: fields as never });
    },
    async update(id, set) {
      const row = await found(id);
      // Timestamps are read-only for `set` and `update`.
      for (const [name, value] of Object.entries(set)) row?.setDataValue(name as 'name', value as string);
      await row?.save(at);
    },
    async updateWhere(state, set) {
      await person.update(changes(set), { ...at, where: { state } });
    },
    async remove(id) {
      await (await found(id))?.destroy({ ...at, force: true });
    },
    async removeWhere(state) {
      await person.destroy({ ...at, where: { state }, force: true });
    },
    async upsert(told) {
      await person.upsert(values(told), { ...at, conflictFields: ['email'] as never });
    },
    async increment(id, by) {
      await (await found(id))?.increment('age', { ...at, by });
    },
    async softRemove(id) {
      await (await found(id))?.destroy(at);
    },
    async restore(id) {
      await (await found(id, false))?.restore(at);
    },
    async insertNested(told, titles) {
      const documents = titles.map((title) => ({ title }));
      return (await person.create({ ...told, documents } as never, { ...at, include: ['documents'] })).id;
    },
    async insertDocument(title, ownerId) {
      return (await document.create({ title, ownerId: ownerId ?? null }, at)).id;
    },
    async updateDocument(id, title) {
      await (await document.findByPk(id, at))?.update({ title }, at);
    },
    async insertMembership(orgId, personId, role) {
      await membership.create({ orgId, personId, role }, at);
    },
    async updateMembership(orgId, personId, role) {
      await membership.update({ role }, { ...at, where: { orgId, personId } });
    },
    async removeMembership(orgId, personId) {
      await membership.destroy({ ...at, where: { orgId, personId } });
    },
    async setTags(documentId, tagIds) {
      await (await document.findByPk(documentId, at))?.setTags(tagIds, at);
    },
    transaction: (work) => sequelize.transaction({ transaction }, (inner) => work(verbsOf(sequelize, models, inner))),
    async raw(sql) {
      await sequelize.query(sql, at);
    },
  };
}
