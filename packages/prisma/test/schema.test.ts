import { parseSchema } from '../src/schema/parse.js';

const SCHEMA = `
// A comment with a brace }
datasource db {
  provider = "postgresql"
}

/// People, says model Fake { }
model Person {
  id      Int     @id @default(autoincrement()) // trailing
  tax     String  @unique @map("tax // no") @default("} \\"quoted\\"")
  /// @encrypted
  secret  String?
  note    String? /// @encrypted too
  price   Decimal @db.Decimal(20, 4)
  rough   Decimal @db.Decimal
  tags    String[]
  mood    Mood    @default(calm)
  bossId  Int?
  boss    Person? @relation("boss", fields: [bossId], references: [id], onDelete: SetNull)
  staff   Person[] @relation("boss")
  shape   Unsupported("circle")?

  @@unique([tax, mood])
  @@unique(fields: [tax, price(sort: Desc)], name: "byPrice", map: "x")
  @@index([tax(ops: raw("a, b")), mood])
  @@map("people")
  @@schema("hr")
}

model Seat {
  row  Int
  seat Int
  @@id([row, seat(sort: Desc)], name: "place")
}

model Pair {
  a Int? @unique
  b Int  @unique
}

enum Mood {
  calm
  veryAngry @map("very-angry")
  @@map("mood")
}
`;

describe('a schema', () => {
  const { enums, models } = parseSchema(SCHEMA);
  const person = models.get('Person');
  const field = (name: string) => person?.fields.find((each) => each.name === name);

  test('has its models, with tables, keys and unique criteria by the names that a where has', () => {
    expect([...models.keys()]).toEqual(['Person', 'Seat', 'Pair']);
    expect(person).toMatchObject({ table: 'people', namespace: 'hr', key: ['id'] });
    expect([...(person?.uniques ?? [])]).toEqual([
      ['id', ['id']],
      ['tax', ['tax']],
      ['tax_mood', ['tax', 'mood']],
      ['byPrice', ['tax', 'price']],
    ]);
    expect(models.get('Seat')).toMatchObject({ table: 'Seat', namespace: undefined, key: ['row', 'seat'] });
    expect(models.get('Seat')?.uniques.get('place')).toEqual(['row', 'seat']);
  });

  test('without an id is told apart by what is unique and always there', () => {
    expect(models.get('Pair')?.key).toEqual(['b']);
  });

  test('has its fields, with columns, digits, foreign keys and what is encrypted', () => {
    expect(person?.fields.map(({ name }) => name)).toEqual(
      'id tax secret note price rough tags mood bossId boss staff shape'.split(' '),
    );
    expect(field('tax')).toMatchObject({ column: 'tax // no', isUnique: true, isRequired: true });
    expect([field('price')?.scale, field('rough')?.scale]).toEqual([4, undefined]);
    expect([field('tags')?.isList, field('staff')?.isList, field('boss')?.isList]).toEqual([true, true, false]);
    expect(field('boss')?.holds).toEqual(['bossId']);
    expect(person?.fields.filter(({ isEncrypted }) => isEncrypted).map(({ name }) => name)).toEqual(['secret', 'note']);
  });

  test('has the names of enums by their values in the database', () => {
    expect([...(enums.get('Mood') ?? [])]).toEqual([
      ['calm', 'calm'],
      ['very-angry', 'veryAngry'],
    ]);
  });
});
