import type { WriteOptions } from '@whodunit/core/writes';

/** A person, by the names that the suite uses; an ORM may call the members otherwise (`Orm.names`). */
export interface Person {
  readonly name?: string;
  readonly email?: string | null;
  readonly displayName?: string | null;
  readonly age?: number | null;
  readonly state?: string;
  readonly balance?: string | null;
  readonly big?: bigint | null;
  readonly born?: Date | null;
  readonly photo?: Buffer | null;
  readonly mood?: 'calm' | 'angry' | null;
  readonly settings?: Readonly<Record<string, unknown>> | null;
  readonly password?: string | null;
  readonly deletedAt?: Date | null;
  readonly updatedAt?: Date;
}

/** Every write verb of an ORM, on the tables of `schema.ts`. What an ORM has no verb for is left out, and listed in `lacks`. */
export interface Verbs {
  insert(person: Person): Promise<number>;
  insertMany?(people: readonly Person[]): Promise<void>;
  /** One row, by its key. */
  update(id: number, set: Person): Promise<void>;
  /** All rows of a state. */
  updateWhere?(state: string, set: Person): Promise<void>;
  remove(id: number): Promise<void>;
  removeWhere?(state: string): Promise<void>;
  /** Found by e-mail. */
  upsert?(person: Person & { readonly email: string }): Promise<void>;
  /** Adds to the age in the database. */
  increment?(id: number, by: number): Promise<void>;
  softRemove?(id: number): Promise<void>;
  restore?(id: number): Promise<void>;
  /** A person with documents, in one call of the ORM. */
  insertNested?(person: Person, titles: readonly string[]): Promise<number>;
  insertDocument(title: string, ownerId?: number): Promise<string>;
  updateDocument(id: string, title: string): Promise<void>;
  insertMembership(orgId: number, personId: number, role: string): Promise<void>;
  updateMembership(orgId: number, personId: number, role: string): Promise<void>;
  removeMembership(orgId: number, personId: number): Promise<void>;
  /** Makes these the tags of a document, by the ORM's own many-to-many relation, or by rows of the table that joins. */
  setTags?(documentId: string, tagIds: readonly number[]): Promise<void>;
  /** Runs in a transaction that is rolled back when `work` rejects; within one, in a savepoint. */
  transaction<T>(work: (verbs: Verbs) => Promise<T>): Promise<T>;
  /** Several writes that the ORM sends as one transaction. */
  batch?(sets: readonly { readonly id: number; readonly set: Person }[]): Promise<void>;
  /** A write in SQL, which no ORM package sees. */
  raw?(sql: string): Promise<void>;
}

/** An ORM under test. */
export interface Orm {
  /** As it stands in `capture.by`. */
  readonly by: string;
  /** What the ORM calls a member of the suite's person: `{ displayName: 'display_name' }`. */
  readonly names?: Readonly<Record<string, string>>;
  /** Verbs that it does not have, each with the reason. */
  readonly lacks?: Readonly<Partial<Record<keyof Verbs | 'savepoint' | 'outbox', string>>>;
  /** Statements that one update of one row by its key costs more than without auditing. */
  readonly extraQueries: { readonly update: number; readonly insert: number; readonly remove: number };
  /** Opens the ORM on a database, audited with these options, or not at all. */
  connect(
    url: string,
    options: WriteOptions | 'not audited',
  ): Promise<{ readonly verbs: Verbs; close(): Promise<void> }>;
}
