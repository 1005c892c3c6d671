import { createHash } from 'node:crypto';
import { checkOptions } from '@whodunit/core';
import { type Registry, registryChecks, resolveRegistry, type Table, type TriggerRegistry } from './options.js';

/** Changes when what is made for the same registry changes. */
const VERSION = 1;

/** Keys that a summary of many rows names. */
const MAX_KEYS = 20;

/**
 * The migration that audits the tables of a registry: the table in which changes wait, and a function and triggers for each
 * table. Safe to run again, and to run after the registry has changed: what is no longer in it is taken away. Run it as the
 * owner of the tables, in one transaction.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function triggersSql(registry: TriggerRegistry): string {
  checkOptions('triggersSql', registry, registryChecks);
  const resolved = resolveRegistry('triggersSql', registry);
  return [
    `-- Made by @whodunit/pg-triggers, version ${VERSION}. Run it as the owner of the tables.`,
    'BEGIN;',
    waitingTable(resolved),
    removal(resolved),
    ...resolved.tables.map((table) => tableSql(resolved, table)),
    'COMMIT;',
    '',
  ].join('\n\n');
}

/** What the function of a table says of itself; another registry, or another version, says something else. */
export function mark(registry: Registry, table: Table): string {
  return `whodunit ${VERSION} ${createHash('sha256').update(body(registry, table)).digest('hex').slice(0, 16)}`;
}

export const functionName = ({ label }: Table): string => `capture_${label}`.slice(0, 63);

/** Where changes wait until their events are in the outbox; `old` and `new` are rows as JSON. */
export const waitingName = ({ schema }: Registry): string => `"${schema}"."row_changes"`;

function waitingTable(registry: Registry): string {
  const table = waitingName(registry);
  return `CREATE SCHEMA IF NOT EXISTS "${registry.schema}";
CREATE TABLE IF NOT EXISTS ${table} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  source text NOT NULL,
  op text NOT NULL,
  old jsonb,
  new jsonb,
  bulk jsonb,
  context text
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
REVOKE ALL ON ${table} FROM PUBLIC;`;
}

/** Triggers of tables that are no longer audited. */
function removal({ schema, tables }: Registry): string {
  const kept = tables.map((table) => `'${functionName(table)}'`).join(', ');
  return `DO $whodunit$
DECLARE gone record;
BEGIN
  FOR gone IN
    SELECT p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = '${schema}' AND p.proname LIKE 'capture\\_%' AND p.proname NOT IN (${kept})
  LOOP
    EXECUTE format('DROP FUNCTION %s CASCADE', gone.name);
  END LOOP;
END $whodunit$;`;
}

function tableSql(registry: Registry, table: Table): string {
  const name = `"${registry.schema}"."${functionName(table)}"`;
  const on = `"${table.schema}"."${table.name}"`;
  const trigger = (op: string, tables: string) => `DROP TRIGGER IF EXISTS whodunit_${op} ON ${on};
CREATE TRIGGER whodunit_${op} AFTER ${op.toUpperCase()} ON ${on}${tables} FOR EACH STATEMENT EXECUTE FUNCTION ${name}();`;
  return `CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $whodunit$
${body(registry, table)}
$whodunit$;
COMMENT ON FUNCTION ${name}() IS '${mark(registry, table)}';
REVOKE ALL ON FUNCTION ${name}() FROM PUBLIC;
${trigger('insert', ' REFERENCING NEW TABLE AS new_rows')}
${trigger('update', ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows')}
${trigger('delete', ' REFERENCING OLD TABLE AS old_rows')}
${trigger('truncate', '')}`;
}

/** One statement for all rows of a statement; rows that an update left as they were are not told. */
function body(registry: Registry, { dropped, key, label }: Table): string {
  const waiting = waitingName(registry);
  const without = dropped.length === 0 ? '' : ` - ARRAY[${dropped.map((column) => `'${column}'`).join(', ')}]`;
  const json = (row: string) => `to_jsonb(${row})${without}`;
  const same = key.map((column) => `o."${column}" = n."${column}"`).join(' AND ');
  const keyOf = (row: string) => `jsonb_build_array(${key.map((column) => `${row}."${column}"`).join(', ')})`;
  const many = (rows: string) => `  SELECT count(*) INTO changed FROM ${rows};
    IF changed > ${registry.maxRows} THEN
      INSERT INTO ${waiting} (source, op, bulk, context) VALUES ('${label}', left(TG_OP, 1), jsonb_build_object(
        'count', changed, 'keys', (SELECT jsonb_agg(few.key) FROM (SELECT ${keyOf('r')} AS key FROM ${rows} r LIMIT ${MAX_KEYS}) few)
      ), context);
      RETURN NULL;
    END IF;`;
  return `DECLARE
  context text := nullif(current_setting('whodunit.context', true), '');
  changed bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
  ${many('new_rows')}
    INSERT INTO ${waiting} (source, op, new, context) SELECT '${label}', 'I', ${json('n')}, context FROM new_rows n;
  ELSIF TG_OP = 'UPDATE' THEN
  ${many('new_rows')}
    INSERT INTO ${waiting} (source, op, old, new, context)
    SELECT '${label}', 'U', ${json('o')}, ${json('n')}, context FROM old_rows o FULL JOIN new_rows n ON ${same}
    WHERE o IS NULL OR n IS NULL OR o *<> n;
  ELSIF TG_OP = 'DELETE' THEN
  ${many('old_rows')}
    INSERT INTO ${waiting} (source, op, old, context) SELECT '${label}', 'D', ${json('o')}, context FROM old_rows o;
  ELSE
    INSERT INTO ${waiting} (source, op, bulk, context) VALUES ('${label}', 'T', '{}', context);
  END IF;
  RETURN NULL;
END`;
}
