/** The tables of the shared suite. */
export const MODELS = `
enum Mood {
  calm
  angry
  @@map("mood")
}

model Person {
  id          Int        @id @default(autoincrement())
  name        String
  email       String?    @unique
  displayName String?    @map("display_name")
  age         Int?
  state       String     @default("new")
  balance     Decimal?   @db.Decimal(20, 4)
  big         BigInt?
  born        DateTime?  @db.Timestamptz
  photo       Bytes?
  mood        Mood?
  settings    Json?
  initial     String?    @default(dbgenerated())
  password    String?
  deletedAt   DateTime?  @map("deleted_at") @db.Timestamptz
  updatedAt   DateTime   @default(now()) @map("updated_at") @db.Timestamptz
  documents   Document[]
  @@map("people")
}

model Document {
  id      String        @id @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  title   String
  ownerId Int?          @map("owner_id")
  owner   Person?       @relation(fields: [ownerId], references: [id])
  tags    DocumentTag[]
  @@map("documents")
}

model Membership {
  orgId    Int    @map("org_id")
  personId Int    @map("person_id")
  role     String
  @@id([orgId, personId])
  @@map("memberships")
}

model Tag {
  id        Int           @id @default(autoincrement())
  name      String
  documents DocumentTag[]
  @@map("tags")
}

model DocumentTag {
  documentId String   @map("document_id") @db.Uuid
  tagId      Int      @map("tag_id")
  document   Document @relation(fields: [documentId], references: [id], onDelete: Cascade)
  tag        Tag      @relation(fields: [tagId], references: [id])
  @@id([documentId, tagId])
  @@map("document_tags")
}
`;
