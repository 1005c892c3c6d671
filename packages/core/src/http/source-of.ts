import type { IncomingHttpHeaders } from 'node:http';
import type { Engine } from '../engine/engine.js';
import type { Source } from '../model/event.js';
import type { ClientAddress, HttpRequest } from '../model/http.js';
import { plainIp } from './address.js';
import type { HttpBinding } from './binding.js';

/** What is known of who sent a request. */
interface Sent {
  readonly engine: Engine;
  readonly binding: HttpBinding;
  readonly carrier: HttpRequest;
  readonly remoteAddress: string | undefined;
  headers(): IncomingHttpHeaders;
}

/** From where a request came. */
export function sourceOf(sent: Sent): Source {
  const address = addressOf(sent);
  if (address.chain !== undefined) hintAtProxy(sent.engine, address.ip, sent.remoteAddress);
  const userAgent = sent.headers()['user-agent'];
  if (userAgent === undefined) return address;
  const { chain, ip } = address;
  if (chain === undefined) return ip === undefined ? { userAgent } : { ip, userAgent };
  return { ...address, userAgent };
}

function addressOf(sent: Sent): ClientAddress {
  try {
    return sent.binding.address(sent.carrier, sent.remoteAddress, sent.headers());
  } catch {
    return {};
  }
}

const hinted = new WeakSet<Engine>();

/** Forwarding headers that nobody trusts are a proxy that was forgotten, or somebody who tries: said once. */
function hintAtProxy(engine: Engine, ip: string | undefined, remoteAddress: string | undefined): void {
  if (ip === undefined || hinted.has(engine) || ip !== plainIp(remoteAddress ?? '')) return;
  hinted.add(engine);
  process.emitWarning(
    "whodunit: requests carry X-Forwarded-For, and no proxy is trusted, so events have the address of the socket. Behind a proxy of yours, set the framework's `trust proxy`.",
  );
}
