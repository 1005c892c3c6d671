import { Unit } from '@whodunit/core/writes';
import { type CompiledQuery, type Connection, rawQuery } from './kysely.js';

interface Level {
  /** Of a savepoint. */
  readonly name: string | undefined;
  readonly unit: Unit;
}

/**
 * What one connection is in: nothing, a transaction, savepoints in it. It is known by the statements that pass, whoever sends
 * them: Kysely's transactions, its controlled ones, or SQL.
 */
export interface Session {
  /** The innermost. */
  readonly unit: Unit | undefined;
}

const sessions = new WeakMap<Connection, SessionState>();

/** What a connection is in; from the first call on, its statements are watched. */
export function sessionOf(connection: Connection): Session {
  const known = sessions.get(connection) ?? watch(connection);
  sessions.set(connection, known);
  return known;
}

function watch(connection: Connection): SessionState {
  const session = new SessionState(connection);
  const { executeQuery, streamQuery } = connection;
  connection.executeQuery = async function (this: Connection, query) {
    const step = stepOf(query);
    try {
      if (step?.word === 'commit') await session.prepare();
      const result = await executeQuery.call(this, query);
      if (step !== undefined) session.take(step);
      return result;
    } catch (error) {
      if (isOfServer(error)) session.fail();
      if (step?.word === 'commit' || step?.word === 'rollback') session.take({ word: 'rollback' });
      throw error;
    }
  };
  connection.streamQuery = async function* (this: Connection, query, chunkSize) {
    try {
      yield* streamQuery.call(this, query, chunkSize);
    } catch (error) {
      if (isOfServer(error)) session.fail();
      throw error;
    }
  };
  return session;
}

class SessionState implements Session {
  readonly #connection: Connection;
  #levels: Level[] = [];
  /** A statement has failed: Postgres refuses all others, and makes a rollback of the commit. */
  #isAborted = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get unit(): Unit | undefined {
    return this.#levels.at(-1)?.unit;
  }

  /** Before the COMMIT is sent. Postgres would make a rollback of it where a statement has failed. */
  async prepare(): Promise<void> {
    const [outermost, ...savepoints] = this.#levels;
    if (this.#isAborted || outermost === undefined) return;
    // What is released by the commit belongs to it.
    for (const { unit } of savepoints.reverse()) unit.committed();
    this.#levels = [outermost];
    await outermost.unit.prepare();
  }

  fail(): void {
    if (this.#levels.length > 0) this.#isAborted = true;
  }

  take({ name, word }: Step): void {
    if (word === 'begin') {
      this.#undo(0);
      this.#open(undefined);
    } else if (word === 'commit') {
      if (this.#isAborted) this.#undo(0);
      else this.#keep(0);
    } else if (name === undefined) this.#undo(0);
    else if (word === 'savepoint') this.#open(name);
    else {
      const at = this.#levels.findLastIndex((level) => level.name === name);
      if (at < 0) return;
      if (word === 'release') this.#keep(at);
      else {
        this.#undo(at);
        this.#open(name);
      }
    }
  }

  #open(name: string | undefined): void {
    const outer = this.unit;
    if (outer === undefined && name !== undefined) return;
    const query = async (sql: string, values: readonly unknown[]) =>
      this.#connection.executeQuery(rawQuery(sql, values));
    this.#levels.push({ name, unit: outer === undefined ? new Unit(undefined, query) : new Unit(outer) });
  }

  #keep(from: number): void {
    const levels = this.#levels.splice(from);
    for (const { unit } of levels.reverse()) unit.committed();
  }

  #undo(from: number): void {
    const levels = this.#levels.splice(from);
    for (const { unit } of levels) unit.rolledBack();
    this.#isAborted = false;
  }
}

interface Step {
  readonly word: 'begin' | 'commit' | 'rollback' | 'savepoint' | 'release';
  readonly name?: string | undefined;
}

const STEP =
  /^\s*(?:(begin|start\s+transaction)\b|(commit|end)\b|(rollback|abort)\b|(savepoint)\b|(release)\b)(?:\s+(?:work|transaction))?(?:\s+to)?(?:\s+savepoint)?(?:\s+("(?:[^"]|"")*"|\w+))?/i;

function stepOf({ query, sql }: CompiledQuery): Step | undefined {
  if (query.kind !== 'RawNode') return undefined;
  const [, begin, commit, rollback, savepoint, , name] = STEP.exec(sql) ?? [undefined];
  if (begin !== undefined) return { word: 'begin' };
  if (commit !== undefined) return { word: 'commit' };
  if (name === undefined && rollback === undefined) return undefined;
  if (rollback !== undefined) return { word: 'rollback', name };
  return { word: savepoint === undefined ? 'release' : 'savepoint', name };
}

function isOfServer(error: unknown): boolean {
  return error instanceof Error && 'severity' in error;
}
