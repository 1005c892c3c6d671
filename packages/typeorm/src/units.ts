import { Unit } from '@whodunit/core/writes';
import { forgetLoaded } from './loaded.js';
import type { Runner } from './typeorm.js';

/** Transactions that are open on a query runner, the outermost first; one for each savepoint. */
const open = new WeakMap<Runner, Unit[]>();

/** What each runner does without us. */
export const bare = new WeakMap<Runner, Pick<Runner, 'query'>>();

/** The transaction in which a runner writes now. */
export function unitOf(runner: Runner): Unit | undefined {
  const units = open.get(runner) ?? [];
  open.set(runner, units);
  const query = bare.get(runner)?.query ?? runner.query;
  while (units.length < depthOf(runner))
    units.push(new Unit(units.at(-1), (sql, values) => Reflect.apply(query, runner, [sql, [...values]])));
  return units.at(-1);
}

/** Ends what is open deeper than the runner is now. */
export function settle(runner: Runner, isCommitted: boolean): void {
  const units = open.get(runner) ?? [];
  const depth = depthOf(runner);
  while (units.length > depth) {
    const unit = units.pop();
    if (isCommitted) unit?.committed();
    else unit?.rolledBack();
  }
  if (depth === 0 || !isCommitted) forgetLoaded(runner);
}

/** A runner that is given back has no transactions; what was never committed never came true. */
export function abandon(runner: Runner): void {
  for (const unit of open.get(runner) ?? []) unit.rolledBack();
  open.delete(runner);
  forgetLoaded(runner);
}

function depthOf({ isTransactionActive, transactionDepth = 0 }: Runner): number {
  return transactionDepth > 0 ? transactionDepth : isTransactionActive ? 1 : 0;
}
