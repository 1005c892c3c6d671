import type { Names } from '../place.js';

/**
 * The events, partitioned by month of `time`. `line` is the sealed line itself and the only truth; the other columns are
 * there to find it, and the indexed texts among them are cut at 200 characters. A default partition takes what has no
 * month of its own, so that no event is ever refused for its time.
 */
export const createEvents = ({ table, sibling }: Names) => `
CREATE TABLE ${table} (
  id uuid NOT NULL,
  time timestamptz NOT NULL,
  recorded_at timestamptz,
  stream text,
  seq bigint,
  action text NOT NULL,
  category text NOT NULL,
  operation text NOT NULL,
  outcome text NOT NULL,
  severity text NOT NULL,
  actor_type text NOT NULL,
  actor_id text,
  tenant_id text,
  resource_type text,
  resource_id text,
  request_id text,
  parent text,
  ip text,
  line text NOT NULL,
  event jsonb NOT NULL,
  PRIMARY KEY (id, time)
) PARTITION BY RANGE (time);

CREATE UNIQUE INDEX ON ${table} (stream, seq, time);
CREATE INDEX ON ${table} (tenant_id, time, id);
CREATE INDEX ON ${table} (actor_id, time);
CREATE INDEX ON ${table} (resource_type, resource_id, time);
CREATE INDEX ON ${table} (action, time);
CREATE INDEX ON ${table} (request_id) WHERE request_id IS NOT NULL;

-- Two events fit a page uncompressed: compressing every line would halve the speed of inserting, for no less space.
CREATE TABLE ${sibling('default')} PARTITION OF ${table} DEFAULT WITH (toast_tuple_target = 4080);
`;
