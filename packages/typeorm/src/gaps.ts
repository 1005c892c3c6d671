import type { Audited } from './audited.js';
import { rawWriteIn } from './sql.js';
import type { Builder, Metadata, Source } from './typeorm.js';

const RAW =
  'SQL is not looked into: what it changes is not seen. Use a repository or a query builder, or record it by hand.';
const NO_ENTITY = 'The table has no entity, so its rows are not known. Give it one, or record the write by hand.';

/** Some SQL that the application sent itself leaves a gap when it writes; `undefined` when there is nothing to tell. */
export function gapOfSql(audited: Audited, sql: unknown): (() => void) | undefined {
  const write = typeof sql === 'string' ? rawWriteIn(sql) : undefined;
  if (write === undefined || isOwn(audited.source, write.table, sql as string)) return undefined;
  const metadata = write.table === undefined ? undefined : metadataOf(audited.source, write.table);
  if (metadata !== undefined && audited.entityOf(metadata) === undefined) return undefined;
  const model = metadata?.name ?? write.table;
  return () => audited.writes.gap({ verb: 'query', ...(model === undefined ? {} : { model }), why: RAW });
}

/** A builder that writes to a table without an entity. */
export function gapOfBuilder(
  audited: Audited,
  { expressionMap: { mainAlias, queryType } }: Builder,
): (() => void) | undefined {
  const table = mainAlias?.tablePath;
  if (table === undefined || isOwn(audited.source, table)) return undefined;
  return () => audited.writes.gap({ verb: queryType, model: table, why: NO_ENTITY });
}

/** Tables that TypeORM keeps for itself, and those of the trail; what it computes of trees in plain SQL. */
function isOwn(source: Source, table = '', sql = ''): boolean {
  if (/^whodunit(?:\.|_)/.test(table)) return true;
  const { cache, migrationsTableName = 'migrations' } = source.options;
  const cacheName = (typeof cache === 'object' ? cache.tableName : undefined) ?? 'query-result-cache';
  const bare = table.replace(/^.*\./, '');
  if (
    [migrationsTableName, source.metadataTableName ?? 'typeorm_metadata', cacheName].some(
      (own) => own === bare || own === table,
    )
  )
    return true;
  // SQLite changes a table by copying it.
  if (/^temporary_/.test(bare) && /sqlite|sqljs|expo|capacitor/.test(source.options.type)) return true;
  const metadata = metadataOf(source, table);
  if (metadata?.tableType === 'closure-junction') return true;
  const left = metadata?.nestedSetLeftColumn?.databaseName;
  return left !== undefined && /^UPDATE \S+ SET (\S+) = CASE WHEN \1 /.exec(sql)?.[1]?.includes(left) === true;
}

export function metadataOf(source: Source, table: string): Metadata | undefined {
  const { entityMetadatas } = source;
  return (
    entityMetadatas.find(({ tablePath }) => tablePath === table) ??
    entityMetadatas.find(({ tableName }) => tableName === table || table.endsWith(`.${tableName}`))
  );
}
