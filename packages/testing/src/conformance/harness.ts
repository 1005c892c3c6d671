import type { AuditEvent, Sink } from '@whodunit/core';

/** The numbered clauses of the `Sink` contract. */
export type SinkClause =
  | 'W1'
  | 'W2'
  | 'W3'
  | 'W4'
  | 'W5'
  | 'W6'
  | 'W7'
  | 'E1'
  | 'E2'
  | 'E3'
  | 'E4'
  | 'O1'
  | 'L1'
  | 'L2'
  | 'L3';

/** One sink on a store of its own, and the hands that the kit needs to try it. */
export interface SinkHarness {
  /** Fresh and not yet opened: the kit calls `open` and `close`. */
  readonly sink: Sink;
  /**
   * What is really in the store, oldest first, read past the sink. Events, or the lines exactly as they are stored; lines
   * must be those of `eventLine`. Must work after `close`, and after `breakBackend` followed by `repairBackend` if given.
   */
  stored(): Promise<readonly (AuditEvent | string)[]> | readonly (AuditEvent | string)[];
  /** Makes the store unreachable, without losing what it holds: connection refused, folder moved away, disk full. */
  breakBackend(): Promise<void> | void;
  /** Undoes `breakBackend`; the kit then proves that the same batch can be written after all. */
  repairBackend?(): Promise<void> | void;
  /** Makes the store accept a write and never answer it; the kit then proves that an aborted signal still ends it. */
  stallBackend?(): Promise<void> | void;
  /** Makes the store refuse the event with this id, for stores that look at each event. */
  refuseEvent?(id: string): Promise<void> | void;
  /** Gives everything back: files, servers, connections. Called once, after `close`. */
  dispose(): Promise<void> | void;
}

/** Registers one test. Jest's, Vitest's and node:test's `test` all fit. */
export type TestFunction = (title: string, run: () => Promise<void>) => unknown;

/** What `testSink` needs to know. */
export interface TestSinkOptions {
  /** Your runner's `test`. */
  readonly test: TestFunction;
  /** Makes a fresh harness, isolated from every other; called once per test or more often. */
  create(): Promise<SinkHarness> | SinkHarness;
  /**
   * Makes a sink with a configuration that cannot work: wrong address, missing table, a folder that is a file. Either
   * making it throws or `open` rejects. Absent: clause O1 is tried with an unreachable store alone.
   */
  createBroken?(): Promise<BrokenHarness> | BrokenHarness;
  /** Clauses that this store truly cannot meet, with the reason, which appears in the title. */
  readonly except?: Readonly<Partial<Record<SinkClause, string>>>;
  /** How long one call of the sink may take. @default 4000 */
  readonly timeoutMs?: number;
}

/** A sink that cannot work, and what is to be given back after it was tried. */
export type BrokenHarness = Pick<SinkHarness, 'sink'> & Partial<Pick<SinkHarness, 'dispose'>>;

/** What every clause is run with. */
export type Kit = TestSinkOptions & { readonly timeoutMs: number };

/** One clause: its number in the docstring of `Sink`, the end of its test title, and the test. */
export interface ClauseTest {
  readonly clause: SinkClause;
  readonly title: string;
  run(kit: Kit): Promise<void>;
}
