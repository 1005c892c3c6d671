import { Unit } from '@whodunit/core/writes';
import type { Args, Call } from './execution.js';
import type { Family } from './family.js';
import { nestedOf } from './nested/nested.js';
import { around } from './units.js';
import { VERBS, type Verb, type Work, writeOf } from './work.js';

/** Runs a call of a verb that writes, and records what it changed. */
export async function captureCall(family: Family, call: Call): Promise<unknown> {
  const table = family.tables.get(call.model);
  if (table === undefined) return call.query(call.args);
  const verb = call.operation as Verb;
  const model = family.modelOf(table);
  const nested = nestedOf(family, table, verb, dataOf(call.args));
  if (model === undefined) {
    if (nested !== undefined) family.writes.gap({ verb, model: table.name, why: LEFT_OUT });
    return call.query(call.args);
  }
  const { transaction } = call.__internalParams;
  const unit = family.units.of(transaction);
  if (unit === undefined && transaction?.kind === 'itx') {
    family.writes.gap({ verb, model: table.name, why: FOREIGN });
    return call.query(call.args);
  }
  const work = { family, table, model, call, verb, nested, transaction };
  return isIsolated(work, unit) ? captureIn(work, () => undefined) : inBasket(work, unit);
}

const LEFT_OUT =
  'The options leave this model out, and with it what is written through it. Write to the other model itself.';
const FOREIGN =
  'The transaction was opened with a client that is not audited. Extend the client by auditPrisma() before other extensions.';

function isIsolated({ family, transaction, verb }: Work, unit: Unit | undefined): boolean {
  const isAlone = unit === undefined && transaction === undefined && !family.isWrapped;
  return isAlone && family.writes.needsTransaction(VERBS[verb]);
}

/**
 * Rows of a call in no transaction go to a unit of its own: another extension may make the same write by another verb within
 * it, and both tell the same rows. What was told has happened, whatever becomes of the rest.
 */
async function inBasket(work: Work, unit: Unit | undefined): Promise<unknown> {
  const outer = around.getStore();
  if (outer !== undefined) outer.inner += 1;
  const shared = outer?.isOpen === true && !outer.isBatch ? outer : undefined;
  const isOwn = unit === undefined && shared === undefined;
  const basket = unit ?? shared?.unit ?? new Unit();
  const store = { unit: basket, isBatch: false, isOpen: true, inner: 0 };
  // What goes on longer than the call around it is told by itself.
  const unitNow = (): Unit | undefined => (unit !== undefined || isOwn || shared?.isOpen === true ? basket : undefined);
  try {
    return await around.run(store, () => captureIn(work, unitNow));
  } finally {
    store.isOpen = false;
    if (isOwn) basket.committed();
  }
}

async function captureIn(work: Work, unitNow: () => Unit | undefined): Promise<unknown> {
  const execution = await work.family.writes.capture(writeOf(work, unitNow));
  work.nested?.tell(unitNow());
  return execution.result;
}

function dataOf({ create, data, update }: Args): unknown[] {
  return [data, create, update].flat().filter((each) => each !== undefined);
}
