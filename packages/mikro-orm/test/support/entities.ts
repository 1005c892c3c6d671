import { Collection, EntitySchema, type Ref } from '@mikro-orm/core';

export class Person {
  id!: number;
  name!: string;
  email?: string | null;
  displayName?: string | null;
  age?: number | null;
  state?: string;
  balance?: string | null;
  big?: bigint | null;
  born?: Date | null;
  photo?: Buffer | null;
  mood?: 'calm' | 'angry' | null;
  settings?: Record<string, unknown> | null;
  initial?: string;
  password?: string | null;
  deletedAt?: Date | null;
  updatedAt?: Date;
  documents = new Collection<Document>(this);
}

export class Document {
  id!: string;
  title!: string;
  owner?: Ref<Person> | Person | null;
  tags = new Collection<Tag>(this);
}

export class Tag {
  id!: number;
  name!: string;
  documents = new Collection<Document>(this);
}

export class Membership {
  orgId!: number;
  personId!: number;
  role!: string;
}

const nullable = { nullable: true } as const;

/** Entities of the shared suite's schema. */
export const ENTITIES = [
  new EntitySchema<Person>({
    class: Person,
    tableName: 'people',
    properties: {
      id: { type: 'integer', primary: true, autoincrement: true },
      name: { type: 'text' },
      email: { type: 'text', unique: true, ...nullable },
      displayName: { type: 'text', ...nullable },
      age: { type: 'integer', ...nullable },
      state: { type: 'text', default: 'new' },
      balance: { type: 'decimal', precision: 20, scale: 4, ...nullable },
      big: { type: 'bigint', ...nullable },
      born: { type: 'datetime', ...nullable },
      photo: { type: 'blob', ...nullable },
      mood: { enum: true, items: ['calm', 'angry'], nativeEnumName: 'mood', ...nullable },
      settings: { type: 'json', ...nullable },
      initial: { type: 'text', generated: '(left(name, 1)) stored', ...nullable },
      password: { type: 'text', ...nullable },
      deletedAt: { type: 'datetime', ...nullable },
      updatedAt: { type: 'datetime', defaultRaw: 'now()' },
      documents: { kind: '1:m', entity: 'Document', mappedBy: 'owner' },
    },
  }),
  new EntitySchema<Document>({
    class: Document,
    tableName: 'documents',
    properties: {
      id: { type: 'uuid', primary: true, defaultRaw: 'gen_random_uuid()' },
      title: { type: 'text' },
      owner: { kind: 'm:1', entity: 'Person', ...nullable },
      tags: {
        kind: 'm:n',
        entity: 'Tag',
        owner: true,
        inversedBy: 'documents',
        pivotTable: 'document_tags',
        joinColumn: 'document_id',
        inverseJoinColumn: 'tag_id',
      },
    },
  }),
  new EntitySchema<Tag>({
    class: Tag,
    tableName: 'tags',
    properties: {
      id: { type: 'integer', primary: true, autoincrement: true },
      name: { type: 'text' },
      documents: { kind: 'm:n', entity: 'Document', mappedBy: 'tags' },
    },
  }),
  new EntitySchema<Membership>({
    class: Membership,
    tableName: 'memberships',
    properties: {
      orgId: { type: 'integer', primary: true },
      personId: { type: 'integer', primary: true },
      role: { type: 'text' },
    },
  }),
];
