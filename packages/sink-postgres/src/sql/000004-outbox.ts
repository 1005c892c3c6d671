import type { Names } from '../place.js';

/**
 * Events that were written in a transaction of the application and are not at every sink yet. `line` is null until somebody
 * claims and seals the event. Rows live for a moment: HOT updates have room in every page, and vacuum comes early.
 */
export const createOutbox = ({ sibling }: Names) => `
CREATE TABLE ${sibling('outbox')} (
  id uuid PRIMARY KEY,
  event text NOT NULL,
  line text,
  claim uuid,
  claimed_until timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
`;
