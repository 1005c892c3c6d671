import { AuditError } from '@whodunit/core';
import { captureWrites } from '@whodunit/core/writes';
import { captureCall } from './capture.js';
import { bareOf, type Client, checkedClient } from './client.js';
import type { Call } from './execution.js';
import type { Family } from './family.js';
import { locksOf } from './lock.js';
import { checkedOptions, type PrismaAuditOptions } from './options.js';
import { passRaw, RAW_VERBS } from './raw.js';
import { type Table, tablesOf } from './tables.js';
import { auditedTransaction } from './transaction.js';
import { unitsOf } from './units.js';
import { VERBS } from './work.js';

type Nothing = Record<never, never>;

/** An extension of a Prisma client that adds nothing to its types. */
export type PrismaAuditExtension = (client: unknown) => {
  $extends: { extArgs: { result: Nothing; model: Nothing; query: Nothing; client: Nothing } };
};

/**
 * Records every row that a Prisma client of version 6 or 7 changes, with what was there before: by each verb that writes,
 * nested writes and transactions included. Use it before other extensions:
 *
 * ```ts
 * const prisma = new PrismaClient({ adapter }).$extends(auditPrisma());
 * ```
 *
 * Results, errors and types of the client stay what they are.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`, at once for options, in `$extends` for a client that is not known
 */
export function auditPrisma(options: PrismaAuditOptions = {}): PrismaAuditExtension {
  const checked = checkedOptions(options);
  const extend = (given: unknown): Client => {
    const client = checkedClient(given);
    if (audited.has(client.$extends)) throw new AuditError('AUDIT_OPTION_INVALID', TWICE);
    const family = familyOf(client, checked);
    return client.$extends({
      name: 'whodunit',
      query: { $allModels: modelCallbacks(family), ...rawCallbacks(family) },
      client: {
        $transaction: auditedTransaction(family, client.$transaction),
        $extends: watchedExtends(family, client.$extends),
      },
    });
  };
  return extend as unknown as PrismaAuditExtension;
}

function familyOf(client: Client, options: PrismaAuditOptions): Family {
  const bare = bareOf(client);
  const tables = tablesOf(client);
  const writes = captureWrites('prisma', 'auditPrisma', options);
  const models = new Map<Table, ReturnType<typeof writes.model>>();
  for (const table of tables.values()) models.set(table, table.isTrail ? undefined : writes.model(table));
  const family: Family = {
    writes,
    bare,
    tables,
    units: unitsOf(bare),
    locks: locksOf(bare),
    maxRows: options.bulk?.maxRows ?? 1_000,
    summarises: options.bulk?.level === 'summary',
    isWrapped: false,
    needs: new Map(),
    modelOf: (table) => models.get(table),
  };
  learnNeeds(family, client);
  return family;
}

function modelCallbacks(family: Family): Record<string, (call: Call) => Promise<unknown>> {
  const capture = (call: Call): Promise<unknown> => captureCall(family, call);
  return Object.fromEntries(Object.keys(VERBS).map((verb) => [verb, capture]));
}

function rawCallbacks(family: Family): Record<string, unknown> {
  const pass = (call: Parameters<typeof passRaw>[1]): PromiseLike<unknown> => passRaw(family, call);
  return Object.fromEntries(RAW_VERBS.map((verb) => [verb, pass]));
}

/** Extensions that come later may change what a call does, and what its result must have. */
function watchedExtends(family: Family, original: Client['$extends']): Client['$extends'] {
  const watched: Client['$extends'] = function (this: Client, extension) {
    if (typeof extension === 'object' && 'query' in extension) family.isWrapped = true;
    const extended = original.call(this, extension);
    learnNeeds(family, extended);
    return extended;
  };
  audited.add(watched);
  return watched;
}

/** The `$extends` of clients that are audited: a client must be so once only, or each write would be told twice. */
const audited = new WeakSet<Client['$extends']>();
const TWICE = 'The client is audited already: `$extends(auditPrisma())` is written once, where the client is made.';

/** Notes what a client computes members of results from. */
function learnNeeds({ needs, tables }: Family, { _extensions }: Client): void {
  for (const name of tables.keys())
    for (const computed of Object.values(_extensions.getAllComputedFields(name) ?? {}))
      needs.set(name, new Set([...(needs.get(name) ?? []), ...computed.needs]));
}
