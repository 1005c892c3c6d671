import { type AuditError, type AuditEvent, type Auditor, createAuditor } from '@whodunit/core';
import { createTestDatabase } from '@whodunit/test-support/postgres';
import { memorySink } from '@whodunit/testing';
import pg from 'pg';
import { auditPrisma, type PrismaAuditOptions } from '../../src/index.js';
import { connect, modelOf, type TestClient, type TestModel, type Version } from './generate';

/** Every kind of relation, key and type. */
export const MODELS = `
enum Mood {
  calm
  veryAngry @map("very-angry")
  @@map("mood")
}

model User {
  id      Int      @id @default(autoincrement())
  email   String   @unique
  name    String?
  secret  String?
  /// @encrypted
  phone   String?
  points  Int      @default(0)
  profile Profile?
  posts   Post[]   @relation("author")
  reviews Post[]   @relation("reviewer")
  boss    User?    @relation("boss", fields: [bossId], references: [id])
  bossId  Int?     @map("boss_id")
  staff   User[]   @relation("boss")
  @@map("users")
}

model Profile {
  id     Int    @id @default(autoincrement())
  bio    String
  user   User?  @relation(fields: [userId], references: [id])
  userId Int?   @unique @map("user_id")
  @@map("profiles")
}

model Post {
  id         Int    @id @default(autoincrement())
  title      String
  slug       String @default("s")
  author     User?  @relation("author", fields: [authorId], references: [id])
  authorId   Int?   @map("author_id")
  reviewer   User?  @relation("reviewer", fields: [reviewerId], references: [id])
  reviewerId Int?   @map("reviewer_id")
  tags       Tag[]
  notes      Note[]
  @@unique([title, slug], name: "byTitle")
  @@map("posts")
}

model Note {
  id     Int    @id @default(autoincrement())
  text   String
  post   Post   @relation(fields: [postId], references: [id], onDelete: Cascade)
  postId Int    @map("post_id")
  @@map("notes")
}

model Tag {
  id    Int    @id @default(autoincrement())
  name  String @unique
  posts Post[]
  @@map("tags")
}

model Kitchen {
  id     String   @id @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  mood   Mood?
  price  Decimal?
  cost   Decimal? @db.Decimal(10, 2)
  big    BigInt?
  ratio  Float?
  flag   Boolean?
  day    DateTime? @db.Date
  at     DateTime? @db.Timestamptz(6)
  data   Json?
  bytes  Bytes?
  short  Int?     @db.SmallInt
  code   String?  @db.VarChar(10)
  @@map("kitchens")
}

model Log {
  id   Int    @id @default(autoincrement())
  text String
  @@map("whodunit_log")
}
`;

const SQL = `
CREATE TYPE mood AS ENUM ('calm', 'very-angry');
CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text, secret text, phone text,
  points int NOT NULL DEFAULT 0, boss_id int REFERENCES users (id));
CREATE TABLE profiles (id serial PRIMARY KEY, bio text NOT NULL, user_id int UNIQUE REFERENCES users (id));
CREATE TABLE posts (id serial PRIMARY KEY, title text NOT NULL, slug text NOT NULL DEFAULT 's',
  author_id int REFERENCES users (id), reviewer_id int REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
  UNIQUE (title, slug));
CREATE TABLE notes (id serial PRIMARY KEY, text text NOT NULL, post_id int NOT NULL REFERENCES posts (id) ON DELETE CASCADE);
CREATE TABLE tags (id serial PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE "_PostToTag" ("A" int NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  "B" int NOT NULL REFERENCES tags (id) ON DELETE CASCADE, PRIMARY KEY ("A", "B"));
CREATE TABLE kitchens (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), mood mood, price numeric(65, 30),
  cost numeric(10, 2), big bigint, ratio float8, flag bool, day date, at timestamptz, data jsonb, bytes bytea,
  short smallint, code varchar(10));
CREATE TABLE whodunit_log (id serial PRIMARY KEY, text text NOT NULL);
INSERT INTO tags (name) VALUES ('red'), ('green'), ('blue');
`;

/** A shop on a database of its own. */
export interface Shop {
  readonly bare: TestClient;
  readonly prisma: TestClient;
  readonly auditor: Auditor;
  readonly errors: AuditError[];
  readonly url: string;
  told(): Promise<AuditEvent[]>;
  /** The same, as short lines: `post.update 3 /title`. */
  lines(): Promise<string[]>;
  sql(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function openShop(
  version: Version,
  options: PrismaAuditOptions = {},
  {
    clientOptions,
    extend,
  }: { clientOptions?: Readonly<Record<string, unknown>>; extend?: (client: TestClient) => TestClient } = {},
): Promise<Shop> {
  const url = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: url });
  await pool.query(SQL);
  const sink = memorySink();
  const errors: AuditError[] = [];
  const auditor = createAuditor({ sinks: [sink], onError: (error) => errors.push(error) });
  const bare = connect(version, MODELS, url, clientOptions);
  const first = extend?.(bare) ?? bare;
  const told = async (): Promise<AuditEvent[]> => {
    await auditor.flush();
    const events = [...sink.events];
    sink.clear();
    return events;
  };
  return {
    bare,
    prisma: first.$extends(auditPrisma({ auditor, ...options })),
    auditor,
    errors,
    url,
    told,
    lines: async () => (await told()).map(lineOf),
    sql: async (text, values = []) => (await pool.query(text, [...values])).rows,
    async close() {
      await bare.$disconnect();
      await auditor.close();
      await pool.end();
    },
  };
}

export function lineOf({ action, changes = [], operation, resource }: AuditEvent): string {
  const paths = operation === 'update' ? changes.map(({ path }) => path) : [];
  return [action, resource?.id ?? '', ...paths].join(' ').trim();
}

export function modelsOf(
  client: TestClient,
): Readonly<Record<'kitchen' | 'log' | 'note' | 'post' | 'profile' | 'tag' | 'user', TestModel>> {
  const names = ['kitchen', 'log', 'note', 'post', 'profile', 'tag', 'user'] as const;
  return Object.fromEntries(names.map((name) => [name, modelOf(client, name)])) as ReturnType<typeof modelsOf>;
}
