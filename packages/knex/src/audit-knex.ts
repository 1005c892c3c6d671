import { AuditError } from '@whodunit/core';
import { captureWrites, Unit } from '@whodunit/core/writes';
import { captureQuery } from './capture.js';
import { gapOfStream } from './gaps.js';
import type { Builder, Client, Runner, Sent } from './knex-parts.js';
import { leaveMigrations } from './migrations.js';
import { type KnexOptions, resolveOptions } from './options.js';
import { returnsRows } from './reads.js';
import { type Returning, takeRows, withReturning } from './returning.js';
import { Tables } from './tables.js';
import { heedCommit, openTransaction, type Units } from './transactions.js';

const audited = new WeakSet<object>();

/**
 * Audits every write of a Knex instance, those of Objection's models on it too. Gives back the same instance: what was made
 * of it before is audited as well. Migrations and seeds that run through it are not.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`: wrong options, no Knex, a transaction, or a Knex that is audited already
 */
export function auditKnex<K extends { readonly client: unknown }>(knex: K, options: KnexOptions = {}): K {
  const settings = resolveOptions(options);
  const client = clientOf(knex);
  const writes = captureWrites('knex', 'auditKnex', options);
  const tables = new Tables(writes, settings);
  const units: Units = new WeakMap();
  const returnings = new WeakMap<Sent, Returning>();
  const failures = new WeakMap<Sent, unknown>();
  leaveMigrations(knex);
  hook(client);
  audited.add(client);
  return knex;

  /** Own members of one client: those of Knex's classes stay what they are. `this` may be a clone of the client. */
  function hook(of: Client): void {
    const { _query, runner, transaction } = of;
    of.runner = function (this: Client, builder) {
      return hookRunner(runner.call(this, builder));
    };
    of.transaction = function (this: Client, container, config, outer) {
      const around = units.get(this);
      return openTransaction(
        (inner) => transaction.call(this, inner, config, outer),
        container,
        (inside, query) => {
          const unit = new Unit(around, query);
          units.set(inside, unit);
          hook(inside);
          return unit;
        },
      );
    };
    if (!returnsRows(of)) return;
    // Below Knex's events and error messages: they go on showing the application's own statement.
    of._query = function (this: Client, connection, sent) {
      const returning = returnings.get(sent);
      if (sent.sql === 'COMMIT;') return commit.call(this, connection, sent);
      const running = _query.call(this, connection, returning === undefined ? sent : withReturning(sent, returning));
      if (failures.has(sent))
        return running.catch((error: unknown) => Promise.reject(causeOf(error, failures.get(sent))));
      if (returning !== undefined)
        return running.then(({ response }) => {
          takeRows(sent, returning, response);
          sent.response = response;
          return sent;
        });
      return running;
    };

    /** The answer says whether it was committed. What must not be is rolled back here, as Knex would leave it open. */
    async function commit(this: Client, connection: unknown, sent: Sent): Promise<Sent> {
      try {
        await units.get(this)?.prepare();
      } catch (error) {
        await _query.call(this, connection, { sql: 'ROLLBACK;', bindings: [] });
        throw error;
      }
      const answered = await _query.call(this, connection, sent);
      heedCommit(this, answered.response);
      return answered;
    }
  }

  function hookRunner(runner: Runner): Runner {
    if (!mayWrite(runner.builder)) return runner;
    const { query, stream } = runner;
    const context = { writes, tables, units, returnings, failures };
    runner.query = (sent) => captureQuery(context, runner, sent, () => query.call(runner, sent));
    runner.stream = (...args) => {
      gapOfStream(writes, runner.builder);
      return stream.apply(runner, args);
    };
    return runner;
  }
}

/**
 * A read of ours that failed in a transaction, by a filter that is wrong or by a lock, has ended it before the statement of
 * the application could fail of the same: that error is the one to tell.
 */
function causeOf(error: unknown, failure: unknown): unknown {
  return (error as { code?: unknown }).code === '25P02' ? failure : error;
}

const READS: ReadonlySet<string | undefined> = new Set(['select', 'first', 'pluck', 'columnInfo']);

/** Builders of the schema have neither, and change no rows. */
function mayWrite({ _method, _statements, isRawInstance }: Builder): boolean {
  if (isRawInstance === true) return true;
  if (_method === undefined || _statements === undefined) return false;
  return !READS.has(_method) || _statements.some(({ grouping }) => grouping === 'with');
}

function clientOf(knex: { readonly client: unknown }): Client {
  const client = knex?.client as Client | undefined;
  const problem =
    typeof client?.runner !== 'function' || typeof client.transaction !== 'function'
      ? 'expected what knex() returned'
      : client.transacting === true
        ? 'got a transaction. Audit the knex that it was opened with, once, where that is made'
        : audited.has(client)
          ? 'this knex is audited already. Audit it once, where it is made'
          : undefined;
  if (problem !== undefined) throw new AuditError('AUDIT_OPTION_INVALID', `auditKnex: ${problem}.`);
  return client as Client;
}
