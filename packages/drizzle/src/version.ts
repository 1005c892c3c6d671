import type { Session } from './drizzle.js';

/** Can an update return what was there before it: `RETURNING old.*`, of PostgreSQL 18? */
export type HasOld = (session: Session) => boolean | Promise<boolean>;

const FIRST = 18;

/** Asks the server of a database for its version, once. Before it has answered for the first time, everybody waits. */
export function oldRows(serverVersion: number | undefined): HasOld {
  if (serverVersion !== undefined) return () => serverVersion >= FIRST;
  let known: boolean | undefined;
  return async (session) => {
    known ??= (await askVersion(session)) >= FIRST;
    return known;
  };
}

async function askVersion(session: Session): Promise<number> {
  const query = { sql: `select current_setting('server_version_num') as version`, params: [] };
  const result = await session.prepareQuery(query, undefined, undefined, false).execute();
  const [row] = (Array.isArray(result) ? result : ((result as { rows?: unknown[] }).rows ?? [])) as {
    version?: string;
  }[];
  return Math.floor(Number(row?.version) / 10_000);
}
