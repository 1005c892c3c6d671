import { Router } from 'express';
import { type Database, idOf } from '../database.js';
import { HttpError } from '../http-error.js';
import { numberIn, textIn } from '../input.js';
import { PRODUCT, type Product } from '../products.js';
import { userOf, userWith } from '../sign-in.js';

const CREATE = `INSERT INTO shop.products (organization_id, name, price_cents, stock)
  VALUES ($1, $2, $3, $4) RETURNING ${PRODUCT}`;

const UPDATE = `UPDATE shop.products
  SET price_cents = coalesce($3, price_cents), stock = coalesce($4, stock), updated_at = now()
  WHERE id = $1 AND organization_id = $2 RETURNING ${PRODUCT}`;

/** What an organization sells. */
export function productRoutes(database: Database): Router {
  const router = Router();

  router.get('/products', async (request, response) => {
    const text = `SELECT ${PRODUCT} FROM shop.products WHERE organization_id = $1 ORDER BY id`;
    response.json((await database.query<Product>(text, [userOf(request).organizationId])).rows);
  });

  router.post('/products', async (request, response) => {
    const { organizationId } = userWith(request, 'owner', 'manager');
    const price = numberIn(request, 'priceCents');
    if (price === undefined) throw new HttpError(400, '`priceCents` is missing.');
    const values = [organizationId, textIn(request, 'name'), price, numberIn(request, 'stock') ?? 0];
    response.status(201).json((await database.query<Product>(CREATE, values)).rows[0]);
  });

  router.patch('/products/:id', async (request, response) => {
    const { organizationId } = userWith(request, 'owner', 'manager');
    const values = [
      idOf(request.params.id),
      organizationId,
      numberIn(request, 'priceCents'),
      numberIn(request, 'stock'),
    ];
    response.json(there((await database.query<Product>(UPDATE, values)).rows[0]));
  });

  router.delete('/products/:id', async (request, response) => {
    const { organizationId } = userWith(request, 'owner', 'manager');
    const text = 'DELETE FROM shop.products WHERE id = $1 AND organization_id = $2 RETURNING id';
    there((await database.query(text, [idOf(request.params.id), organizationId])).rows[0]);
    response.status(204).end();
  });

  return router;
}

function there<T>(product: T | undefined): T {
  if (product === undefined) throw new HttpError(404, 'There is no such product.');
  return product;
}
