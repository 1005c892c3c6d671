import { Logger } from '@nestjs/common';
import { AuditError, SinkError } from '@whodunit/core';
import type { OwnedAuditor } from './make-auditor.js';

/** A sink that opens this slowly must not keep the application from starting. */
const OPEN_WAIT_MS = 10_000;

/**
 * Waits for the sinks to open. A sink with a wrong configuration stops the start; one that cannot be reached has been
 * reported and is tried again, while events wait in the journal.
 *
 * @throws AuditError what a sink says that can never succeed
 */
export async function openAuditor({ auditor, own }: OwnedAuditor): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, OPEN_WAIT_MS, 'late');
  });
  try {
    const first = await Promise.race([auditor.open(), late]);
    if (first === 'late')
      new Logger('AuditModule').warn(`A sink has not opened after ${OPEN_WAIT_MS} ms; events wait for it.`);
  } catch (error) {
    if (!isFinal(error)) return;
    // Nothing was recorded yet; the application does not start and closes nothing by itself.
    if (own) void auditor.close().catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** An auditor that the application made is the application's to close. */
export async function closeAuditor({ auditor, own }: OwnedAuditor): Promise<void> {
  await (own ? auditor.close() : auditor.flush());
}

function isFinal(error: unknown): boolean {
  if (error instanceof SinkError) return !error.retryable;
  return error instanceof AuditError && error.code === 'AUDIT_OPTION_INVALID';
}
