import type { Audited } from './audited.js';
import { gapOfSql, metadataOf } from './gaps.js';
import { keepLoaded } from './loaded.js';
import { readAll } from './read.js';
import { sent } from './statement.js';
import type { Runner } from './typeorm.js';
import { abandon, bare, settle, unitOf } from './units.js';

const adopted = new WeakSet<Runner>();

/** Follows the transactions of a query runner, what its statements give back, and SQL that nobody else sees. */
export function adoptRunner(audited: Audited, runner: Runner): Runner {
  // Some drivers give the same one again and again.
  if (adopted.has(runner)) return runner;
  adopted.add(runner);
  const { clearTable, commitTransaction, query, release, rollbackTransaction } = runner;
  bare.set(runner, { query });
  keepLoaded(audited.source, runner, audited.entityOf);
  const isVoid = watchCommit(runner);
  let isClearing = false;

  override(runner, {
    async query(sql: unknown, parameters?: unknown, isStructured?: unknown, ...more: unknown[]) {
      const statement = Array.isArray(parameters) ? sent.get(parameters) : undefined;
      // Builders of TypeORM, and nothing else, ask for a structured result.
      const gap = isStructured === true || isClearing ? undefined : gapOfSql(audited, sql);
      if (audited.throwsOnGap) gap?.();
      const result: unknown = await Reflect.apply(query, runner, [sql, parameters, isStructured, ...more]);
      statement?.take(result);
      if (!audited.throwsOnGap) gap?.();
      return result;
    },
    async commitTransaction(...args: unknown[]) {
      await unitOf(runner)?.prepare();
      try {
        await Reflect.apply(commitTransaction, runner, args);
      } finally {
        settle(runner, !isVoid());
      }
    },
    async rollbackTransaction(...args: unknown[]) {
      try {
        await Reflect.apply(rollbackTransaction, runner, args);
      } finally {
        settle(runner, false);
      }
    },
    async clearTable(...args: unknown[]) {
      const metadata = metadataOf(audited.source, String(args[0]));
      const entity = metadata === undefined ? undefined : audited.entityOf(metadata);
      const run = async (): Promise<void> => {
        isClearing = true;
        try {
          await Reflect.apply(clearTable, runner, args);
        } finally {
          isClearing = false;
        }
      };
      if (entity === undefined) return run();
      return audited.writes.capture({
        model: entity.model,
        verb: 'clear',
        operation: 'delete',
        unit: unitOf(runner),
        before: (limit) => readAll({ source: audited.source, entity, runner }, limit),
        run,
        after: () => [],
      });
    },
    async release(...args: unknown[]) {
      try {
        await Reflect.apply(release, runner, args);
      } finally {
        if (runner.isReleased) abandon(runner);
      }
    },
  });
  return runner;
}

/** Postgres answers COMMIT of a transaction in which something failed by rolling it back, and does not call that an error. */
function watchCommit(runner: Runner): () => boolean {
  let isVoid = false;
  const broadcast: unknown = Reflect.get(runner.broadcaster, 'broadcastAfterQueryEvent');
  if (typeof broadcast === 'function')
    override(runner.broadcaster, {
      broadcastAfterQueryEvent(this: object, ...args: unknown[]) {
        const [, sql, , , , raw] = args;
        if (sql === 'COMMIT') isVoid = (raw as { readonly command?: unknown } | undefined)?.command === 'ROLLBACK';
        return Reflect.apply(broadcast, this, args);
      },
    });
  return () => isVoid;
}

function override(on: object, methods: Readonly<Record<string, (...args: never[]) => unknown>>): void {
  for (const [name, value] of Object.entries(methods))
    Object.defineProperty(on, name, { value, configurable: true, writable: true });
}
