import type { Names } from '../place.js';

/**
 * Makes the partition of the month of a moment, unless it is there, and says which partition takes that moment. Runs as
 * its owner, so that a role that may only insert can have months made. Events of that month that the default partition
 * took earlier are moved. Times more than ten years ago or a year ahead stay in the default partition, so that odd clocks
 * cannot fill the database with partitions.
 */
export const ensurePartition = ({ schema, table, sibling, bare }: Names) => `
CREATE FUNCTION ${sibling('ensure_partition')}(moment timestamptz) RETURNS text
LANGUAGE plpgsql STRICT SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '2s'
AS $body$
DECLARE
  month timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
  first_moment timestamptz := month AT TIME ZONE 'UTC';
  next_moment timestamptz := (month + interval '1 month') AT TIME ZONE 'UTC';
  partition_name text := '${bare.table}' || to_char(month, '_YYYY_MM');
  partition_path text := format('${schema}.%I', partition_name);
BEGIN
  IF moment < now() - interval '10 years' OR moment >= now() + interval '1 year' THEN
    RETURN '${bare.table}_default';
  END IF;
  IF to_regclass(partition_path) IS NOT NULL THEN
    RETURN partition_name;
  END IF;
  -- One at a time: this lock waits for itself, and for nobody who reads or inserts. Attaching, unlike CREATE TABLE ...
  -- PARTITION OF, needs no more of the table; of the default partition it needs everything.
  LOCK TABLE ONLY ${table} IN SHARE UPDATE EXCLUSIVE MODE;
  IF to_regclass(partition_path) IS NOT NULL THEN
    RETURN partition_name;
  END IF;
  LOCK TABLE ${sibling('default')} IN ACCESS EXCLUSIVE MODE;
  EXECUTE format('CREATE TABLE %s (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS) WITH (toast_tuple_target = 4080)', partition_path);
  ALTER TABLE ${sibling('default')} DISABLE TRIGGER refuse_change;
  EXECUTE format('WITH moved AS (DELETE FROM ${sibling('default')} WHERE time >= %L AND time < %L RETURNING *) INSERT INTO %s SELECT * FROM moved', first_moment, next_moment, partition_path);
  ALTER TABLE ${sibling('default')} ENABLE TRIGGER refuse_change;
  EXECUTE format('ALTER TABLE ${table} ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', partition_path, first_moment, next_moment);
  EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION ${sibling('refuse_change')}()', partition_path);
  RETURN partition_name;
END $body$;

REVOKE ALL ON FUNCTION ${sibling('ensure_partition')}(timestamptz) FROM PUBLIC;
`;
