import { captureWrites } from '@whodunit/core/writes';
import type { Audited } from './audited.js';
import { builderAdopter } from './builders.js';
import { entitiesOf } from './entity.js';
import { type AuditTypeormOptions, checkAtDoor, refuseSecondOptions } from './options.js';
import { adoptRunner } from './runners.js';
import type { AuditableDataSource, Runner, Source } from './typeorm.js';

/** On the data source itself, so that it is audited once, whichever copy of this package asks. */
const AUDITED = Symbol.for('whodunit.audited');

/**
 * Audits every write of a data source of TypeORM: repositories, entity managers, query builders, relations, active record,
 * in transactions or without. Before or after `initialize()`. Gives back the same data source; nothing of any other is touched.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function auditTypeorm<D extends AuditableDataSource>(dataSource: D, options?: AuditTypeormOptions): D {
  checkAtDoor(dataSource, options ?? {});
  if (Object.hasOwn(dataSource, AUDITED)) {
    refuseSecondOptions(options);
    return dataSource;
  }
  const source = dataSource as unknown as Source;
  const writes = captureWrites('typeorm', 'auditTypeorm', options ?? {});
  const audited: Audited = {
    source,
    writes,
    throwsOnGap: options?.onGap === 'throw',
    locksAll: options?.isolate === true,
    entityOf: entitiesOf(source, writes),
  };
  const { createQueryBuilder, createQueryRunner } = source;
  const adoptBuilder = builderAdopter(audited);
  const define = (name: PropertyKey, value: unknown): void => {
    Object.defineProperty(dataSource, name, { value, configurable: true, writable: true });
  };
  define('createQueryBuilder', (...args: unknown[]) =>
    adoptBuilder(Reflect.apply(createQueryBuilder, dataSource, args)),
  );
  define('createQueryRunner', (...args: unknown[]) =>
    adoptRunner(audited, Reflect.apply(createQueryRunner, dataSource, args) as Runner),
  );
  define(AUDITED, true);
  return dataSource;
}
