import type { Client } from './knex-parts.js';

/** Migrations and seeds run on a copy of the instance as it was. */
export function leaveMigrations(knex: { readonly client: unknown }): void {
  const { userParams, withUserParams } = knex as { userParams?: object; withUserParams?: (params: object) => object };
  if (withUserParams === undefined) return;
  let bare: object | undefined;
  for (const name of ['migrate', 'seed']) {
    const get = Object.getOwnPropertyDescriptor(knex, name)?.get;
    if (get === undefined) continue;
    const own = (): unknown => {
      bare ??= bareOf(withUserParams.call(knex, { ...userParams }));
      return get.call(bare);
    };
    Object.defineProperty(knex, name, { configurable: true, get: own });
  }
}

function bareOf(knex: object): object {
  const { client } = knex as { client: Partial<Client> };
  delete client.runner;
  delete client.transaction;
  delete client._query;
  return knex;
}
