import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { AddressGuard } from './address.js';

/** The host resolves to an address that is not public and was not allowed. */
export class AddressRefused extends Error {
  readonly address: string;

  constructor(address: string) {
    super(`address ${address} is not public`);
    this.name = 'AddressRefused';
    this.address = address;
  }
}

/**
 * A DNS lookup that hands out only what the guard permits. A socket connects to exactly these addresses, so a name that
 * is public when it is checked and private when it is used (DNS rebinding) gets no connection. One refused address among
 * several refuses the name: which of them a socket picks is not ours to say.
 */
export function guardedLookup(permits: AddressGuard, lookup: LookupFunction = systemLookup): LookupFunction {
  return (host, options, callback) => {
    lookup(host, options, (error, answer, family) => {
      if (error !== null && error !== undefined) return callback(error, answer, family);
      const addresses = addressesOf(answer);
      const refused = addresses.find((address) => !permits(host.replace(/\.$/, ''), address));
      if (refused !== undefined) return callback(new AddressRefused(refused), answer, family);
      if (addresses.length === 0) return callback(notFound(), answer, family);
      return callback(null, answer, family);
    });
  };
}

/** Resolves the host once, by the same guarded lookup that every connection goes through. */
export function resolveHost(lookup: LookupFunction, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error) => (error ? reject(error) : resolve()));
  });
}

function addressesOf(answer: string | LookupAddress[]): string[] {
  return typeof answer === 'string' ? [answer] : answer.map(({ address }) => address);
}

function notFound(): NodeJS.ErrnoException {
  return Object.assign(new Error('the name has no address'), { code: 'ENOTFOUND' });
}
