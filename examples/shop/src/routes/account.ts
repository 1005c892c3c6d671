import { Router } from 'express';
import type { Database } from '../database.js';
import { HttpError } from '../http-error.js';
import { textIn } from '../input.js';
import { hashPassword, isPassword } from '../passwords.js';
import { findUser, signIn, signOut } from '../sign-in.js';

const SIGN_UP = `WITH organization AS (INSERT INTO shop.organizations (name) VALUES ($1) RETURNING id)
  INSERT INTO shop.users (organization_id, email, name, role, password_hash)
  SELECT id, $2, $3, 'owner', $4 FROM organization
  ON CONFLICT (email) DO NOTHING RETURNING id`;

/** Signing up, in and out. */
export function accountRoutes(database: Database): Router {
  const router = Router();

  router.post('/signup', async (request, response) => {
    const values = [textIn(request, 'organization'), textIn(request, 'email'), textIn(request, 'name')];
    const hash = await hashPassword(textIn(request, 'password'));
    const { rows } = await database.query<{ id: number }>(SIGN_UP, [...values, hash]);
    const user = await findUser(database, rows[0]?.id ?? 0);
    if (user === undefined) throw new HttpError(409, 'There is an account with this address.');
    await signIn(request, user);
    response.status(201).json(user);
  });

  router.post('/login', async (request, response) => {
    const text = 'SELECT id, password_hash AS hash FROM shop.users WHERE email = $1';
    const { rows } = await database.query<{ id: number; hash: string }>(text, [textIn(request, 'email')]);
    const right = await isPassword(textIn(request, 'password'), rows[0]?.hash);
    const user = right ? await findUser(database, rows[0]?.id ?? 0) : undefined;
    if (user === undefined) throw new HttpError(401, 'Wrong address or password.');
    await signIn(request, user);
    response.json(user);
  });

  router.post('/logout', async (request, response) => {
    await signOut(request);
    response.status(204).end();
  });

  return router;
}
