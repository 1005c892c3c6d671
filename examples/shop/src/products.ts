import { type Database, idOf } from './database.js';

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly priceCents: number;
  readonly stock: number;
  readonly updatedAt: Date;
}

export const PRODUCT = 'id, name, price_cents AS "priceCents", stock, updated_at AS "updatedAt"';

/** What whodunit asks before and after a change, to tell what exactly changed. */
export async function loadProduct(database: Database, id: string): Promise<Product | undefined> {
  const { rows } = await database.query<Product>(`SELECT ${PRODUCT} FROM shop.products WHERE id = $1`, [idOf(id)]);
  return rows[0];
}
