import { Unit } from '@whodunit/core/writes';
import type { Connection, Transaction } from './mikro-orm.js';

/** The transactions and savepoints that writes are made in. */
export interface Transactions {
  unit(ctx: Transaction | undefined): Unit | undefined;
}

type Answer = { readonly response?: { readonly command?: string } } | undefined;

/** Follows transactions to their end, on the connection, where the entity manager and every flush begin and end them. */
export function followTransactions(connection: Connection, execute: Connection['execute']): Transactions {
  const units = new WeakMap<Transaction, Unit>();
  const outer = new WeakMap<Transaction, Transaction>();
  const { begin, commit, rollback } = connection;

  const unit: Transactions['unit'] = (ctx) => {
    if (ctx === undefined) return undefined;
    const known = units.get(ctx);
    if (known !== undefined) return known;
    // MikroORM writes `?` where Postgres writes `$1`.
    const made = new Unit(unit(outer.get(ctx)), (sql, values) => {
      const used: unknown[] = [];
      const asked = sql.replace(/\?|\$(\d+)/g, (found, number: string) => {
        if (found === '?') return '\\?';
        used.push(values[Number(number) - 1]);
        return '?';
      });
      return execute(asked, used, 'all', ctx);
    });
    units.set(ctx, made);
    return made;
  };

  connection.begin = async (options) => {
    const ctx = await Reflect.apply(begin, connection, [options]);
    if (options?.ctx !== undefined) outer.set(ctx, options.ctx);
    return ctx;
  };
  connection.commit = async (ctx, ...more) => {
    const open = units.get(ctx);
    await open?.prepare();
    const send = ctx.commit;
    let ended = Promise.resolve();
    const settle = (answer: Answer): void => {
      // A failure answers nothing, and a transaction in which a statement failed is answered with its rollback.
      if (answer === undefined || answer.response?.command === 'ROLLBACK') open?.rolledBack();
      else open?.committed();
    };
    if (open !== undefined)
      ctx.commit = (value) => {
        const sent = send(value);
        ended = Promise.resolve(sent).then((answer) => settle(answer as Answer), open.rolledBack.bind(open));
        return sent;
      };
    try {
      await Reflect.apply(commit, connection, [ctx, ...more]);
    } finally {
      await ended;
    }
  };
  connection.rollback = (ctx, ...more) => {
    units.get(ctx)?.rolledBack();
    return Reflect.apply(rollback, connection, [ctx, ...more]);
  };
  return { unit };
}
