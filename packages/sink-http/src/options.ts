import type { LookupFunction } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { checkOptions, is } from '@whodunit/core';
import { addressGuard, isAllowEntry } from './address.js';
import type { BodyFormat } from './batch.js';
import { headerRecord, headersOf } from './headers.js';
import { guardedLookup } from './lookup.js';
import { SIGNING_SECRET, type Signer, secretList, signerOf } from './signature.js';
import { type HttpSinkTls, secureOptions } from './tls.js';
import { guardUrl, parseUrl } from './url.js';

/** Where batches are sent, how they are signed, and which addresses are out of bounds. */
export interface HttpSinkOptions {
  /**
   * Where batches are sent: an `https:` URL. A user and password in it become Basic authentication. It never appears in
   * an error or a metric, except for its host.
   */
  readonly url: string;
  /** Appears in errors, statistics and metrics; unique within an auditor. @default 'http' */
  readonly name?: string;
  /**
   * One to four secrets; every request carries one signature per secret, so that a receiver which knows any of them
   * accepts it. To rotate: add the new one, tell the receiver, remove the old one. `whsec_...` is HMAC-SHA256,
   * `whsk_...` is Ed25519. Without secrets the receiver cannot tell who sent a batch. @default none
   */
  readonly secrets?: readonly string[];
  /** Sent with every request, e.g. `authorization`. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** `ndjson`: one event per line; `json`: an array of events. The bytes of each event are those that were sealed. @default 'ndjson' */
  readonly body?: BodyFormat;
  /** Compresses the body, about 8 times, for 15 to 30 % fewer events per second. Runs off the event loop. @default false */
  readonly gzip?: boolean;
  /**
   * Does the receiver keep one copy when it gets an event id twice? Only its owner can know, so nothing is assumed: say
   * `true` when it stores by event id (`ON CONFLICT DO NOTHING`). @default false
   */
  readonly idempotent?: boolean;
  /** Requests that may be under way at once (1 to 4). More than 1 gives up order between batches. @default 1 */
  readonly concurrency?: number;
  /**
   * Addresses that are not public are refused, whatever the spelling, when the socket connects. `true` allows loopback,
   * private, unique-local and carrier-grade NAT addresses; a list allows these for the hosts that it names, and exactly
   * the addresses and CIDR ranges that it names. Link-local, cloud metadata, multicast, NAT64 and reserved addresses are
   * allowed by address or range alone. @default false
   */
  readonly allowPrivateAddresses?: boolean | readonly string[];
  /** Allows an `http:` URL: events travel readable. Loopback needs no leave beyond `allowPrivateAddresses`. @default false */
  readonly allowPlainHttp?: boolean;
  /** A private certificate authority, or a client certificate, in PEM. Certificates are always verified. @default Node's */
  readonly tls?: HttpSinkTls;
  /** Resolves host names, as `dns.lookup` does; what it finds is checked all the same. @default dns.lookup */
  readonly lookup?: LookupFunction;
}

/** What an option is when nobody says. */
export const HTTP_SINK_DEFAULTS = Object.freeze({
  name: 'http',
  body: 'ndjson' as BodyFormat,
  gzip: false,
  idempotent: false,
  concurrency: 1,
  allowPrivateAddresses: false,
  allowPlainHttp: false,
});

/** The options, checked and complete. */
export interface ResolvedOptions {
  readonly name: string;
  readonly url: URL;
  readonly signers: readonly Signer[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: BodyFormat;
  readonly gzip: boolean;
  readonly idempotent: boolean;
  readonly concurrency: number;
  readonly tls: SecureContextOptions;
  readonly lookup: LookupFunction;
}

/** @throws AuditError `AUDIT_OPTION_INVALID` */
export function resolveOptions(options: HttpSinkOptions): ResolvedOptions {
  checkOptions('httpSink', options, {
    url: is.text,
    name: is.text,
    secrets: secretList(signerOf, SIGNING_SECRET),
    headers: headerRecord,
    body: is.oneOf('ndjson', 'json'),
    gzip: is.boolean,
    idempotent: is.boolean,
    concurrency: is.integer(1, 4),
    allowPrivateAddresses: is.either(is.boolean, is.listOf(allowEntry)),
    allowPlainHttp: is.boolean,
    tls: is.object,
    lookup: is.action,
  });
  const defaults = HTTP_SINK_DEFAULTS;
  const body = options.body ?? defaults.body;
  const gzip = options.gzip ?? defaults.gzip;
  const url = parseUrl(options.url);
  const permits = guardUrl(
    url,
    addressGuard(options.allowPrivateAddresses ?? defaults.allowPrivateAddresses),
    options.allowPlainHttp ?? defaults.allowPlainHttp,
  );
  return Object.freeze({
    name: options.name ?? defaults.name,
    url,
    signers: (options.secrets ?? []).map(signerOf).filter((signer) => signer !== undefined),
    headers: headersOf(url, options.headers ?? {}, body, gzip),
    body,
    gzip,
    idempotent: options.idempotent ?? defaults.idempotent,
    concurrency: options.concurrency ?? defaults.concurrency,
    tls: secureOptions(options.tls ?? {}),
    lookup: guardedLookup(permits, options.lookup),
  });
}

function allowEntry(value: unknown): string | undefined {
  return typeof value === 'string' && isAllowEntry(value) ? undefined : 'a host name, an address or a CIDR range';
}
