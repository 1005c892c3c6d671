import pg from 'pg';

export type Database = pg.Pool;

const TABLES = `
CREATE SCHEMA IF NOT EXISTS shop;
CREATE TABLE IF NOT EXISTS shop.organizations (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL
);
CREATE TABLE IF NOT EXISTS shop.users (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id int NOT NULL REFERENCES shop.organizations,
  email text NOT NULL UNIQUE,
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'manager', 'clerk')),
  password_hash text NOT NULL
);
CREATE TABLE IF NOT EXISTS shop.invitations (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id int NOT NULL REFERENCES shop.organizations,
  email text NOT NULL,
  role text NOT NULL,
  token_hash text NOT NULL,
  accepted_at timestamptz
);
CREATE TABLE IF NOT EXISTS shop.products (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id int NOT NULL REFERENCES shop.organizations,
  name text NOT NULL,
  price_cents int NOT NULL CHECK (price_cents >= 0),
  stock int NOT NULL DEFAULT 0 CHECK (stock >= 0),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS shop.orders (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id int NOT NULL REFERENCES shop.organizations,
  product_name text NOT NULL,
  quantity int NOT NULL CHECK (quantity > 0),
  total_cents int NOT NULL,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'paid', 'refunded'))
);`;

/** Connects, and makes the shop's own tables when they are not there. */
export async function openDatabase(url: string): Promise<Database> {
  const database = new pg.Pool({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A connection that breaks while idle must not end the process; the next query says so to whoever asks.
  database.on('error', () => undefined);
  await database.query(TABLES);
  return database;
}

/** An id as the path has it; 0, which nothing has, when it is no number. */
export function idOf(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
