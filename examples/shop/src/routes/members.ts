import { Router } from 'express';
import { type Database, idOf } from '../database.js';
import { HttpError } from '../http-error.js';
import { textIn } from '../input.js';
import { ROLES, userOf, userWith } from '../sign-in.js';

/** The people of an organization, and what each may do. */
export function memberRoutes(database: Database): Router {
  const router = Router();

  router.get('/members', async (request, response) => {
    const text = 'SELECT id, email, name, role FROM shop.users WHERE organization_id = $1 ORDER BY id';
    response.json((await database.query(text, [userOf(request).organizationId])).rows);
  });

  router.put('/members/:id/role', async (request, response) => {
    const { organizationId } = userWith(request, 'owner');
    const role = textIn(request, 'role');
    if (!ROLES.includes(role)) throw new HttpError(400, `\`role\` must be one of ${ROLES.join(', ')}.`);
    const text = `UPDATE shop.users SET role = $3 WHERE id = $1 AND organization_id = $2
      RETURNING id, email, name, role`;
    const { rows } = await database.query(text, [idOf(request.params.id), organizationId, role]);
    if (rows[0] === undefined) throw new HttpError(404, 'There is no such member.');
    response.json(rows[0]);
  });

  return router;
}
