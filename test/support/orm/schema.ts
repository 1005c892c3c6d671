/** What every ORM of the shared suite works on: one table for each kind of key and type. */
export const SCHEMA = `
CREATE TYPE mood AS ENUM ('calm', 'angry');
CREATE TABLE people (
  id serial PRIMARY KEY,
  name text NOT NULL,
  email text UNIQUE,
  display_name text,
  age int,
  state text NOT NULL DEFAULT 'new',
  balance numeric(20, 4),
  big bigint,
  born timestamptz,
  photo bytea,
  mood mood,
  settings jsonb,
  initial text GENERATED ALWAYS AS (left(name, 1)) STORED,
  password text,
  deleted_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE documents (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  title text NOT NULL,
  owner_id int REFERENCES people (id)
);
CREATE TABLE memberships (
  org_id int NOT NULL,
  person_id int NOT NULL,
  role text NOT NULL,
  PRIMARY KEY (org_id, person_id)
);
CREATE TABLE tags (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE document_tags (
  document_id uuid NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  tag_id int NOT NULL REFERENCES tags (id),
  PRIMARY KEY (document_id, tag_id)
);
INSERT INTO tags (name) VALUES ('red'), ('green'), ('blue');
`;
