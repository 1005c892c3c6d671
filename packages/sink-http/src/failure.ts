import { SinkError, type SinkErrorKind } from '@whodunit/core';
import { errorCode } from './error-code.js';
import { AddressRefused } from './lookup.js';
import { parseRetryAfter } from './retry-after.js';
import { type Answer, WriteAborted } from './send.js';

/** Who failed, for messages. The host alone: path, query and user of a URL are often the secret. */
export interface Place {
  readonly name: string;
  readonly host: string;
}

/** A status that is not 2xx, as the failure that dispatch acts on; `undefined` for a receipt. */
export function statusFailure({ name, host }: Place, { status, retryAfter }: Answer): SinkError | undefined {
  if (status >= 200 && status <= 299) return undefined;
  const kind = kindOf(status);
  const retryAfterMs =
    kind === 'retryable' || kind === 'endpoint' ? parseRetryAfter(retryAfter, Date.now()) : undefined;
  return new SinkError(`sink \`${name}\`: ${host} answered ${status}. ${adviceFor(status)}`, {
    kind,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** No answer at all, as the failure that dispatch acts on. The result is open: the receiver may have stored the batch. */
export function networkFailure({ name, host }: Place, error: unknown): SinkError {
  if (error instanceof WriteAborted) {
    const message = `sink \`${name}\`: ${host} did not answer before the write was aborted, and may have stored the batch. Make the receiver answer sooner, or raise \`dispatch.writeTimeoutMs\`.`;
    return new SinkError(message, { kind: 'retryable', code: 'AUDIT_SINK_TIMEOUT' });
  }
  if (error instanceof AddressRefused) {
    const message = `sink \`${name}\`: ${host} resolves to ${error.address}, which is not a public address. Correct \`url\`, or list the host or the range in \`allowPrivateAddresses\`.`;
    return new SinkError(message, { kind: 'endpoint' });
  }
  const code = errorCode(error);
  const cause = code.startsWith('HPE_') ? undefined : error; // Node's parser errors carry the bytes of the response
  if (isDns(code)) {
    const message = `sink \`${name}\`: ${host} could not be resolved (${code}). Check the host in \`url\` and the DNS of this machine.`;
    return new SinkError(message, { kind: 'endpoint', cause });
  }
  if (isTls(code)) {
    const message = `sink \`${name}\`: no trusted TLS connection to ${host} (${code}). Check the receiver's certificate, or give its authority as \`tls.ca\`.`;
    return new SinkError(message, { kind: 'endpoint', cause });
  }
  const message = `sink \`${name}\`: the connection to ${host} failed (${code}). Check that the receiver runs and can be reached.`;
  return new SinkError(message, { kind: 'retryable', cause });
}

/** A 4xx without a meaning of its own blames the address: nothing is thrown away and the operator is told. */
function kindOf(status: number): SinkErrorKind {
  if (status === 410) return 'gone';
  if ([400, 413, 422].includes(status)) return 'payload';
  if ([408, 425, 429].includes(status) || status >= 500 || status < 200) return 'retryable';
  return 'endpoint';
}

function adviceFor(status: number): string {
  if (status === 410) return 'The receiver wants no more events: remove the sink, or correct `url`.';
  if (status === 413)
    return 'The batch is too large for the receiver: lower `dispatch.maxBatchBytes`, or raise its limit.';
  if (status === 401 || status === 403)
    return "Check `secrets`, the `authorization` in `headers`, and this machine's clock.";
  if (status === 429) return 'The receiver asks for fewer requests; the batch is sent again later.';
  switch (kindOf(status)) {
    case 'payload':
      return 'The receiver refuses this batch: see what it logged.';
    case 'retryable':
      return "The batch is sent again later: see the receiver's log.";
    default:
      return status < 400 ? 'Redirects are not followed: put the final address in `url`.' : 'Check `url`.';
  }
}

function isDns(code: string): boolean {
  return code === 'ENOTFOUND' || code.startsWith('EAI_');
}

/** Node passes on OpenSSL's names for what is wrong with a certificate. */
function isTls(code: string): boolean {
  if (/^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code)) return true;
  return ['EPROTO', 'HOSTNAME_MISMATCH', 'INVALID_CA', 'INVALID_PURPOSE', 'PATH_LENGTH_EXCEEDED'].includes(code);
}
