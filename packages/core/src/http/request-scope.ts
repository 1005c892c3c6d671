import type { Engine, OpenRequest } from '../engine/engine.js';
import { Scope } from '../engine/scope.js';
import type { Actor, Level, Source, Tenant } from '../model/event.js';
import type { ClientAddress, HttpRequest } from '../model/http.js';
import { type ResolvedActor, resolveActor } from '../pure/actor/index.js';
import type { RequestFacts } from '../pure/draft.js';
import { templateOf } from '../pure/recognise/index.js';
import { plainIp } from './address.js';
import type { HttpBinding, RawExchange, Refinable } from './binding.js';
import type { Called } from './called.js';
import type { OwnBody } from './own-body.js';

/** A root field that a framework ran. */
export interface RanField {
  readonly type: 'query' | 'mutation';
  readonly name: string;
  /** Its member of the answer. */
  readonly key: string;
  readonly args: unknown;
}

interface PartPlace {
  readonly at?: number;
  readonly key?: string;
}

const partKey = ({ at, key }: PartPlace): string => `${at ?? ''} ${key ?? ''}`;

/** The scope of one HTTP request: what came in, and what must be remembered because an ending may lose it. */
export class RequestScope extends Scope implements OpenRequest, Refinable {
  readonly binding: HttpBinding;
  readonly carrier: HttpRequest;
  readonly raw: RawExchange;
  readonly method: string;
  readonly url: string;
  /** Wall and monotonic clock when it came in. */
  readonly time: number;
  readonly started: number;
  /** Gone from the socket once the client left. */
  readonly remoteAddress: string | undefined;
  /** Who was signed in earlier in this request. */
  early: ResolvedActor | undefined;
  /** Text of the answer. */
  answer: string | undefined;
  /** What the request called, when it is GraphQL or a remote procedure call. */
  called: Called | undefined;
  /** The root fields of GraphQL that ran, as the framework says: a persisted query does not tell. */
  fields: readonly RanField[] | undefined;
  /** The resource in the path whose state is read before the handler runs, and that reading. */
  loading: { readonly type: string; readonly id: string; readonly before: Promise<unknown> } | undefined;
  level: Level | undefined;
  idParam: string | undefined;
  /** Monotonic clock when the response ended. */
  ended: number | undefined;
  /** The body, where only the handler reads it. */
  ownBody: OwnBody | undefined;
  #unread: { readonly body: unknown } | undefined;
  #source: Source | undefined;
  #place: { readonly route: string; readonly params: Readonly<Record<string, unknown>> } | undefined;

  /** @param whole the scope of the request, when this one is of a further call in it */
  constructor(engine: Engine, binding: HttpBinding, carrier: HttpRequest, raw: RawExchange, whole?: RequestScope) {
    super(engine, whole);
    this.binding = binding;
    this.carrier = carrier;
    this.raw = raw;
    this.method = raw.req.method ?? 'GET';
    this.url = (raw.req as { originalUrl?: string }).originalUrl ?? raw.req.url ?? '/';
    this.time = whole?.time ?? engine.clock.now();
    this.started = whole?.started ?? engine.clock.steady();
    this.remoteAddress = whole === undefined ? raw.req.socket.remoteAddress : whole.remoteAddress;
  }

  #parts: Map<string, RequestScope> | undefined;

  /** The scope of one call in this request, by its place in a batch and its member of the answer. */
  part(place: PartPlace): RequestScope {
    this.#parts ??= new Map();
    const known = this.knownPart(place);
    if (known !== undefined) return known;
    const part = new RequestScope(this.engine, this.binding, this.carrier, this.raw, this);
    const { actor, answer, early, ended, ownBody, tenant } = this;
    Object.assign(part, { actor, answer, early, ended, ownBody, tenant });
    this.#parts.set(partKey(place), part);
    return part;
  }

  /** That scope, when something was said about it. */
  knownPart(place: PartPlace): RequestScope | undefined {
    return this.#parts?.get(partKey(place));
  }

  /** Set by whoever watches this request. */
  onInterrupt: (() => void) | undefined;

  interrupt(): void {
    // Once the response has ended its outcome is known, whatever else is not.
    if (this.ended === undefined) this.setOutcome('unknown', { code: 'process_ended' });
    this.onInterrupt?.();
  }

  /** What the path alone says, when no route matched. */
  inferred(): { readonly route: string; readonly params: Readonly<Record<string, string>> } {
    return templateOf(pathOf(this.url));
  }

  route(): string {
    return this.#placed().route;
  }

  params(): Readonly<Record<string, unknown>> {
    return this.#placed().params;
  }

  /** Route and parameters; once the response has ended they no longer change. */
  #placed(): { readonly route: string; readonly params: Readonly<Record<string, unknown>> } {
    if (this.#place !== undefined) return this.#place;
    const place = this.#told() ?? this.inferred();
    if (this.ended !== undefined) this.#place = place;
    return place;
  }

  #told(): { readonly route: string; readonly params: Readonly<Record<string, unknown>> } | undefined {
    const { binding, carrier } = this;
    // What a framework or an application may fail to say must not cost the event.
    try {
      const route = binding.route(carrier);
      return route === undefined ? undefined : { route, params: binding.params(carrier) ?? {} };
    } catch {
      return undefined;
    }
  }

  /** Class and method that handle the route, where the framework has them. */
  handler(): { readonly controller: string; readonly method: string } | undefined {
    if (this.binding.handler === undefined) return undefined;
    try {
      return this.binding.handler(this.carrier);
    } catch {
      return undefined;
    }
  }

  body(): unknown {
    try {
      return this.binding.body(this.carrier) ?? this.#unreadBody();
    } catch {
      return undefined;
    }
  }

  #unreadBody(): unknown {
    if (this.ended === undefined || this.ownBody === undefined) return undefined;
    this.#unread ??= { body: this.ownBody() };
    return this.#unread.body;
  }

  resolved(): ResolvedActor {
    return resolveActor(this.carrier, this.early);
  }

  override knownActor(): Actor {
    return super.knownActor() ?? this.resolved().actor;
  }

  override knownTenant(): Tenant | undefined {
    return super.knownTenant() ?? this.resolved().tenant;
  }

  override source(): Source {
    this.#source ??= this.#findSource();
    return this.#source;
  }

  override request(): RequestFacts {
    return { id: this.requestId(), method: this.method, route: this.route() };
  }

  /** The id that the application gave the request (for its own logs), else the event's. Headers give none. */
  requestId(): string {
    if (this.outer instanceof RequestScope) return this.outer.requestId();
    const { id } = this.carrier as { id?: unknown };
    if (typeof id === 'string' && id.length > 0 && id.length <= 128) return id;
    return typeof id === 'number' ? String(id) : this.id;
  }

  #findAddress(): ClientAddress {
    try {
      return this.binding.address(this.carrier, this.remoteAddress);
    } catch {
      return {};
    }
  }

  #findSource(): Source {
    const address = this.#findAddress();
    if (address.chain !== undefined) hintAtProxy(this.engine, address.ip, this.remoteAddress);
    const userAgent = this.raw.req.headers['user-agent'];
    return userAgent === undefined ? address : { ...address, userAgent };
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

/** The path of a request target, without its query. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  const path = end < 0 ? url : url.slice(0, end);
  // Absolute form (RFC 9112, 3.2.2), as proxies send it.
  return path.startsWith('/') ? path : path.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '') || '/';
}
