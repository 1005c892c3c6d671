import { type Check, checkOptions, is } from '@whodunit/core';
import { FAILING } from './failing.js';
import type { ClauseTest, TestSinkOptions } from './harness.js';
import { LIVING } from './living.js';
import { WRITING } from './writing.js';

const CLAUSES: readonly ClauseTest[] = [...WRITING, ...FAILING, ...LIVING];
const DEFAULTS = Object.freeze({ timeoutMs: 4000 });

/**
 * Registers one test per clause of the `Sink` contract, titled `sink conformance · W4 redelivery of the same batch`.
 * Nothing is skipped in silence: a clause in `except` stays in the list, with its reason in the title.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function testSink(options: TestSinkOptions): void {
  checkOptions('testSink', options, {
    test: is.action,
    create: is.action,
    createBroken: is.action,
    except: is.object,
    timeoutMs: is.integer(100),
  });
  const { test, except = {} } = options;
  checkOptions(
    'testSink except',
    except,
    Object.fromEntries(CLAUSES.map(({ clause }): [string, Check] => [clause, is.text])),
  );
  const kit = { ...DEFAULTS, ...options };
  for (const { clause, title, run } of CLAUSES) {
    const reason = except[clause];
    const name = `sink conformance · ${clause} ${title}`;
    if (reason === undefined) test(name, () => run(kit));
    else test(`${name}: not met, because ${reason}`, async () => undefined);
  }
}
