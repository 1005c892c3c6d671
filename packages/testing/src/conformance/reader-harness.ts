import type { AuditEvent, AuditReader } from '@whodunit/core';
import type { TestFunction } from './harness.js';

/** The numbered clauses of the `AuditReader` contract. */
export type ReaderClause = 'Q1' | 'Q2' | 'Q3' | 'Q4' | 'S1' | 'S2' | 'S3' | 'E1';

/** One reader of a store of its own, and the hands that the kit needs to try it. */
export interface ReaderHarness {
  readonly reader: AuditReader;
  /** Puts events into the store, as the sink that belongs to it would. Resolves when they can be read. */
  store(events: readonly AuditEvent[]): Promise<void> | void;
  /** Gives everything back: files, servers, connections. Called once. */
  dispose(): Promise<void> | void;
}

/** What `testReader` needs to know. */
export interface TestReaderOptions {
  /** Your runner's `test`. */
  readonly test: TestFunction;
  /** Makes a fresh harness, isolated from every other; called once per test. */
  create(): Promise<ReaderHarness> | ReaderHarness;
  /** Clauses that this store truly cannot meet, with the reason, which appears in the title. */
  readonly except?: Readonly<Partial<Record<ReaderClause, string>>>;
  /** How long one call of the reader may take. @default 4000 */
  readonly timeoutMs?: number;
}

/** One clause: its number in the docstring of `AuditReader`, the end of its test title, and the test. */
export interface ReaderClauseTest {
  readonly clause: ReaderClause;
  readonly title: string;
  run(bench: ReaderBench): Promise<void>;
}

/** A reader whose every call is bounded, and what can be done to its store. */
export interface ReaderBench extends AuditReader {
  store(events: readonly AuditEvent[]): Promise<void>;
}
