import { Router } from 'express';
import { type Database, idOf } from '../database.js';
import { HttpError } from '../http-error.js';
import { textIn } from '../input.js';
import { hashPassword, hashToken, newToken } from '../passwords.js';
import { findUser, ROLES, signIn, userWith } from '../sign-in.js';

const INVITE = `INSERT INTO shop.invitations (organization_id, email, role, token_hash)
  VALUES ($1, $2, $3, $4) RETURNING id, email, role`;

const ACCEPT = `WITH invitation AS (
    UPDATE shop.invitations SET accepted_at = now()
    WHERE id = $1 AND token_hash = $2 AND accepted_at IS NULL RETURNING organization_id, email, role)
  INSERT INTO shop.users (organization_id, email, name, role, password_hash)
  SELECT organization_id, email, $3, role, $4 FROM invitation
  ON CONFLICT (email) DO NOTHING RETURNING id`;

/** How a colleague gets in. */
export function invitationRoutes(database: Database): Router {
  const router = Router();

  router.post('/invitations', async (request, response) => {
    const { organizationId } = userWith(request, 'owner');
    const [email, role] = [textIn(request, 'email'), textIn(request, 'role')];
    if (!ROLES.includes(role)) throw new HttpError(400, `\`role\` must be one of ${ROLES.join(', ')}.`);
    const { token, tokenHash } = newToken();
    const { rows } = await database.query(INVITE, [organizationId, email, role, tokenHash]);
    // A larger shop would send the token by mail; here whoever invites hands it on.
    response.status(201).json({ ...rows[0], token });
  });

  router.post('/invitations/:id/accept', async (request, response) => {
    const hash = await hashPassword(textIn(request, 'password'));
    const values = [idOf(request.params.id), hashToken(textIn(request, 'token')), textIn(request, 'name'), hash];
    const { rows } = await database.query<{ id: number }>(ACCEPT, values);
    const user = await findUser(database, rows[0]?.id ?? 0);
    if (user === undefined) throw new HttpError(404, 'There is no such invitation, or it was used.');
    await signIn(request, user);
    response.json(user);
  });

  return router;
}
