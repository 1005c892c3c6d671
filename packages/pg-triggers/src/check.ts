import { checkOptions } from '@whodunit/core';
import { type PgClient, type Registry, registryChecks, resolveRegistry, type TriggerRegistry } from './options.js';
import { functionName, mark } from './sql.js';

/** What is wrong with the triggers of one table. */
export interface TriggerProblem {
  readonly table: string;
  /** `missing`: no triggers; `behind`: made for another registry or by another version; `disabled`: by ALTER TABLE. */
  readonly problem: 'missing' | 'behind' | 'disabled';
}

/** What is used of a pool or client. */
type Database = Pick<PgClient, 'query'>;

const EVENTS = ['insert', 'update', 'delete', 'truncate'];

/**
 * Compares the triggers in a database with a registry. An empty list: every table is audited as the registry says.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export async function checkTriggers(database: Database, registry: TriggerRegistry): Promise<readonly TriggerProblem[]> {
  checkOptions('checkTriggers', registry, registryChecks);
  return problemsOf(database, resolveRegistry('checkTriggers', registry));
}

export async function problemsOf(database: Database, registry: Registry): Promise<readonly TriggerProblem[]> {
  const { rows } = await database.query(INSTALLED, [registry.schema]);
  const installed = (rows as readonly Installed[]).map((row) => ({ ...row }));
  return registry.tables.flatMap((table): TriggerProblem[] => {
    const own = installed.filter(
      ({ relation, schema, function: name }) =>
        relation === table.name && schema === table.schema && name === functionName(table),
    );
    const names = own.map((one) => one.trigger);
    const is = (problem: TriggerProblem['problem']) => [{ table: table.label, problem }];
    if (EVENTS.some((event) => !names.includes(`whodunit_${event}`))) return is('missing');
    if (own.some((one) => one.mark !== mark(registry, table))) return is('behind');
    return own.some((one) => one.enabled === 'D') ? is('disabled') : [];
  });
}

interface Installed {
  readonly schema: string;
  readonly relation: string;
  readonly trigger: string;
  readonly enabled: string;
  readonly function: string;
  readonly mark: string | null;
}

const INSTALLED = `SELECT rn.nspname AS schema, c.relname AS relation, t.tgname AS trigger, t.tgenabled AS enabled,
  p.proname AS function, obj_description(p.oid, 'pg_proc') AS mark
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace rn ON rn.oid = c.relnamespace
JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace pn ON pn.oid = p.pronamespace
WHERE NOT t.tgisinternal AND pn.nspname = $1 AND t.tgname LIKE 'whodunit\\_%'`;
