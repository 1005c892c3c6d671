import { deleteOf, updateOf } from './change.js';
import { insertOf, upsertOf } from './insert.js';
import type { WriteNode } from './kysely.js';
import type { KyselyWrite, Target } from './target.js';

/** What is captured of a statement that writes. */
export function writeOf(target: Target): KyselyWrite {
  const node = target.query.query as WriteNode;
  if (node.kind === 'UpdateQueryNode') return updateOf(target, node);
  if (node.kind === 'DeleteQueryNode') return deleteOf(target, node);
  return node.onConflict?.updates === undefined ? insertOf(target, node) : upsertOf(target, node);
}
