import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { AuditError, checkOptions, is } from '@whodunit/core';

/** PEM texts. Certificates of receivers are always verified: there is no option to turn that off. */
export interface HttpSinkTls {
  /** Authorities that are trusted instead of Node's own list. */
  readonly ca?: string | readonly string[];
  /** Certificate of this client, for a receiver that asks for one; `key` goes with it. */
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
}

/** @throws AuditError `AUDIT_OPTION_INVALID` now, and not with the first connection */
export function secureOptions(tls: HttpSinkTls): SecureContextOptions {
  checkOptions('httpSink: tls', tls, {
    ca: is.either(is.text, is.listOf(is.text)),
    cert: is.text,
    key: is.text,
    passphrase: is.text,
  });
  const { ca, ...client } = tls;
  const authorities = ca === undefined ? [] : [ca].flat();
  const options: SecureContextOptions = { ...client, ...(authorities.length > 0 && { ca: authorities }) };
  try {
    // OpenSSL skips an authority that it cannot read, which would end as "certificate not trusted".
    for (const authority of authorities) new X509Certificate(authority);
    createSecureContext(options);
  } catch (cause) {
    throw new AuditError(
      'AUDIT_OPTION_INVALID',
      'httpSink: `tls` must hold PEM texts that fit together. Check `ca`, `cert`, `key` and `passphrase`.',
      { cause },
    );
  }
  return options;
}
