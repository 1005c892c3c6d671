/** Fields that alone make no change: every save touches them. */
export const QUIET: ReadonlySet<string> = new Set([
  'updatedAt',
  'updated_at',
  'updatedOn',
  'updated_on',
  'modifiedAt',
  'modified_at',
  'lastModified',
  'last_modified',
  'updateTime',
  'update_time',
  '__v',
  'version_lock',
  'lockVersion',
  'lock_version',
]);
