/**
 * What Jest's JSON results say, as numbers of passed and failed tests. A suite that could not start is one failed test; so
 * is a skipped test, because no test here may be skipped; so is a failure that nothing else explains.
 */
export function count(results, exitedWell) {
  const skipped = results.numPendingTests + results.numTodoTests;
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + skipped;
  const unexplained = failed === 0 && (!exitedWell || !results.success || results.numTotalTests === 0) ? 1 : 0;
  const note = skipped > 0 ? `${skipped} skipped, which counts as failed` : undefined;
  return { ok: failed + unexplained === 0, passed: results.numPassedTests, failed: failed + unexplained, note };
}
