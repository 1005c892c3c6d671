import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type ModelStatic,
  type Sequelize,
} from 'sequelize';

export class Person extends Model<InferAttributes<Person>, InferCreationAttributes<Person>> {
  declare id: CreationOptional<number>;
  declare name: string;
  declare email: string | null;
  declare displayName: string | null;
  declare age: number | null;
  declare state: CreationOptional<string>;
  declare balance: string | null;
  declare big: string | bigint | null;
  declare born: Date | null;
  declare photo: Buffer | null;
  declare mood: 'calm' | 'angry' | null;
  declare settings: Record<string, unknown> | null;
  declare initial: CreationOptional<string>;
  declare password: string | null;
  declare deletedAt: Date | null;
  declare updatedAt: CreationOptional<Date>;
}

export class Document extends Model {
  declare id: string;
  declare title: string;
  declare ownerId: number | null;
  declare setTags: (ids: readonly number[], options?: object) => Promise<void>;
  declare addTags: (ids: readonly number[], options?: object) => Promise<void>;
  declare removeTags: (ids: readonly number[], options?: object) => Promise<void>;
}

export interface Models {
  readonly person: typeof Person;
  readonly document: typeof Document;
  readonly membership: ModelStatic<Model>;
  readonly tag: ModelStatic<Model>;
}

/** Models of the shared suite's schema, of their own for each connection: Sequelize binds classes to one. */
export function defineModels(sequelize: Sequelize): Models {
  const person = class Person_ extends Person {};
  Object.defineProperty(person, 'name', { value: 'Person' });
  const document = class Document_ extends Document {};
  Object.defineProperty(document, 'name', { value: 'Document' });
  const { BIGINT, BLOB, DATE, DECIMAL, ENUM, INTEGER, JSONB, STRING, TEXT, UUID, VIRTUAL } = DataTypes;
  person.init(
    {
      id: { type: INTEGER, primaryKey: true, autoIncrement: true },
      name: { type: TEXT, allowNull: false },
      email: { type: TEXT, unique: true },
      displayName: { type: TEXT, field: 'display_name' },
      age: { type: INTEGER, validate: { max: 200 } },
      state: TEXT,
      balance: DECIMAL(20, 4),
      big: BIGINT,
      born: DATE,
      photo: BLOB,
      mood: ENUM('calm', 'angry'),
      settings: JSONB,
      initial: STRING,
      password: TEXT,
      deletedAt: { type: DATE, field: 'deleted_at' },
      updatedAt: { type: DATE, field: 'updated_at' },
      ...({ shout: { type: VIRTUAL, get: () => 'a virtual' } } as object),
    },
    { sequelize, modelName: 'Person', tableName: 'people', createdAt: false, updatedAt: 'updatedAt', paranoid: true },
  );
  document.init(
    {
      id: { type: UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4 },
      title: { type: TEXT, allowNull: false },
      ownerId: { type: INTEGER, field: 'owner_id' },
    },
    { sequelize, modelName: 'Document', tableName: 'documents', timestamps: false },
  );
  const membership = sequelize.define(
    'Membership',
    {
      orgId: { type: INTEGER, primaryKey: true, field: 'org_id' },
      personId: { type: INTEGER, primaryKey: true, field: 'person_id' },
      role: { type: TEXT, allowNull: false },
    },
    { tableName: 'memberships', timestamps: false },
  );
  const tag = sequelize.define('Tag', { name: TEXT }, { tableName: 'tags', timestamps: false });
  person.hasMany(document, { as: 'documents', foreignKey: 'ownerId' });
  document.belongsToMany(tag, {
    as: 'tags',
    through: sequelize.define(
      'DocumentTag',
      { documentId: { type: UUID, field: 'document_id' }, tagId: { type: INTEGER, field: 'tag_id' } },
      { tableName: 'document_tags', timestamps: false },
    ),
    foreignKey: 'documentId',
    otherKey: 'tagId',
  });
  return { person, document, membership, tag };
}
