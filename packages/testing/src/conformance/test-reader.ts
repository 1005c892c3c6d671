import { type Check, checkOptions, is } from '@whodunit/core';
import { within } from './bench.js';
import type { ReaderBench, ReaderClauseTest, ReaderHarness, TestReaderOptions } from './reader-harness.js';
import { READING } from './reading.js';
import { SCOPING } from './scoping.js';

const CLAUSES: readonly ReaderClauseTest[] = [...READING, ...SCOPING];
const DEFAULTS = Object.freeze({ timeoutMs: 4000 });

/**
 * Registers one test per clause of the `AuditReader` contract, titled `reader conformance · S2 a tenant sees its own events
 * alone`. Nothing is skipped in silence: a clause in `except` stays in the list, with its reason in the title.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function testReader(options: TestReaderOptions): void {
  checkOptions('testReader', options, {
    test: is.action,
    create: is.action,
    except: is.object,
    timeoutMs: is.integer(100),
  });
  const { test, except = {} } = options;
  checkOptions(
    'testReader except',
    except,
    Object.fromEntries(CLAUSES.map(({ clause }): [string, Check] => [clause, is.text])),
  );
  const kit = { ...DEFAULTS, ...options };
  for (const { clause, title, run } of CLAUSES) {
    const reason = except[clause];
    const name = `reader conformance · ${clause} ${title}`;
    if (reason === undefined) test(name, () => onBench(kit, run));
    else test(`${name}: not met, because ${reason}`, async () => undefined);
  }
}

/** Runs one clause on a fresh reader, and disposes of it whatever happens. */
async function onBench(
  kit: TestReaderOptions & { readonly timeoutMs: number },
  run: (bench: ReaderBench) => Promise<void>,
): Promise<void> {
  const harness = await kit.create();
  try {
    await run(benchOf(harness, kit));
  } finally {
    await harness.dispose();
  }
}

function benchOf(harness: ReaderHarness, kit: { readonly timeoutMs: number }): ReaderBench {
  const { reader } = harness;
  // Async, so that a reader that throws instead of rejecting rejects here: whether it may is nobody's worry.
  return {
    find: async (query, scope) => within(kit, 'find', reader.find(query, scope)),
    get: async (id, scope) => within(kit, 'get', reader.get(id, scope)),
    store: async (events) => harness.store(events),
  };
}
