import { Router } from 'express';
import { type Database, idOf } from '../database.js';
import { HttpError } from '../http-error.js';
import { numberIn } from '../input.js';
import { userOf, userWith } from '../sign-in.js';

const ORDER = 'id, product_name AS "productName", quantity, total_cents AS "totalCents", status';

/** Takes the goods out of the stock and writes the order, or does neither. */
const CREATE = `WITH taken AS (
    UPDATE shop.products SET stock = stock - $3 WHERE id = $1 AND organization_id = $2 AND stock >= $3
    RETURNING name, price_cents)
  INSERT INTO shop.orders (organization_id, product_name, quantity, total_cents)
  SELECT $2, name, $3, price_cents * $3 FROM taken RETURNING ${ORDER}`;

const MOVE = `UPDATE shop.orders SET status = $4
  WHERE id = $1 AND organization_id = $2 AND status = $3 RETURNING ${ORDER}`;

/** What was sold, paid and given back. */
export function orderRoutes(database: Database): Router {
  const router = Router();

  router.get('/orders', async (request, response) => {
    const text = `SELECT ${ORDER} FROM shop.orders WHERE organization_id = $1 ORDER BY id`;
    response.json((await database.query(text, [userOf(request).organizationId])).rows);
  });

  router.post('/orders', async (request, response) => {
    const { organizationId } = userOf(request);
    const quantity = numberIn(request, 'quantity') ?? 1;
    const { rows } = await database.query(CREATE, [numberIn(request, 'productId') ?? 0, organizationId, quantity]);
    if (rows[0] === undefined) throw new HttpError(409, 'There is not enough of this product.');
    response.status(201).json(rows[0]);
  });

  router.post('/orders/:id/pay', async (request, response) => {
    response.json(await move(request.params.id, userOf(request).organizationId, 'open', 'paid'));
  });

  router.post('/orders/:id/refund', async (request, response) => {
    const { organizationId } = userWith(request, 'owner', 'manager');
    response.json(await move(request.params.id, organizationId, 'paid', 'refunded'));
  });

  async function move(id: string, organizationId: number, from: string, to: string): Promise<unknown> {
    const { rows } = await database.query(MOVE, [idOf(id), organizationId, from, to]);
    if (rows[0] === undefined) throw new HttpError(409, `There is no such order that is ${from}.`);
    return rows[0];
  }

  return router;
}
