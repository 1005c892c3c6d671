import type { Names } from '../place.js';

/**
 * Refuses UPDATE, DELETE and TRUNCATE, for the owner too. Row triggers reach every partition by themselves; TRUNCATE has
 * statement triggers only, which each partition is given of its own.
 */
export const refuseChanges = ({ table, sibling }: Names) => `
CREATE FUNCTION ${sibling('refuse_change')}() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RAISE EXCEPTION 'audit events are append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege',
      HINT = 'Whole months that are no longer needed are removed by dropPartitionsBefore() of @whodunit/sink-postgres.';
END $body$;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON ${table}
  FOR EACH ROW EXECUTE FUNCTION ${sibling('refuse_change')}();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ${table}
  FOR EACH STATEMENT EXECUTE FUNCTION ${sibling('refuse_change')}();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ${sibling('default')}
  FOR EACH STATEMENT EXECUTE FUNCTION ${sibling('refuse_change')}();
`;
