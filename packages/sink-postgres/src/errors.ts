import { AuditError, SinkError, type SinkErrorKind } from '@whodunit/core';

/**
 * Classes of SQLSTATE (its first two characters) that say more than "try again":
 * https://www.postgresql.org/docs/current/errcodes-appendix.html. Everything else is retryable: 08 connection,
 * 25 read-only transaction, 40 deadlock, 53 resources, 55 lock, 57 intervention, the network, and the unknown.
 */
const KINDS: Readonly<Record<string, SinkErrorKind>> = {
  '22': 'payload',
  '23': 'payload',
  '54': 'payload',
  '28': 'endpoint',
  '3D': 'endpoint',
  '3F': 'endpoint',
  '42': 'endpoint',
};

/** Classes whose errors never quote a value, so that they may be kept as the cause. */
const WITHOUT_CONTENT = new Set(['08', '25', '28', '3D', '3F', '40', '42', '53', '55', '57']);

/** Of Node: the name does not exist, or the certificate is not trusted. Trying again alone will not help. */
const WRONG_ADDRESS = /^(?:ENOTFOUND|ERR_TLS_\w+|\w*CERT\w*|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/;

/** Five characters, too, but Node's: EPIPE. */
const SQLSTATE = /^(?:\d[0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}$/;

/** What went wrong, as dispatch understands it. The message never quotes Postgres: it might quote an event. */
export function sinkError(name: string, error: unknown): Error {
  if (error instanceof AuditError) return error;
  const code = codeOf(error);
  const state = code !== undefined && SQLSTATE.test(code) ? code.slice(0, 2) : undefined;
  const kind = kindOf(code, state);
  const cause = state === undefined || WITHOUT_CONTENT.has(state) ? error : new Error(`SQLSTATE ${code}`);
  return new SinkError(`sink \`${name}\`: ${explain(kind, code, state)}`, { kind, cause });
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function kindOf(code: string | undefined, state: string | undefined): SinkErrorKind {
  if (state !== undefined) return KINDS[state] ?? 'retryable';
  return code !== undefined && WRONG_ADDRESS.test(code) ? 'endpoint' : 'retryable';
}

function explain(kind: SinkErrorKind, code: string | undefined, state: string | undefined): string {
  const said = code === undefined ? '' : ` (${code})`;
  if (kind === 'payload') return `Postgres cannot store this batch${said}. One of its events is at fault.`;
  switch (state) {
    case '28':
      return `Postgres refused the user or the password${said}. Check the connection's credentials.`;
    case '3D':
      return `the database does not exist${said}. Check the connection string.`;
    case '3F':
    case '42':
      return code === '42501'
        ? `the user may not insert events${said}. Run \`await migrate({ pool, role })\` as the owner, with this user's role.`
        : `a table, column or function is missing${said}. Run \`await migrate({ pool })\`.`;
    case '25':
      return `Postgres is read-only${said}. Is this a standby? Connect to the primary.`;
    case undefined:
      return kind === 'endpoint'
        ? `the server's address or certificate is wrong${said}. Check the connection string.`
        : `the connection to Postgres failed${said}. Is the server running, and reachable from here?`;
    default:
      return `Postgres could not store the batch now${said}.`;
  }
}
