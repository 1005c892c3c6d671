import type { IncomingHttpHeaders } from 'node:http';
import { types } from 'node:util';
import type { Engine, OpenRequest } from '../engine/engine.js';
import { Scope } from '../engine/scope.js';
import type { Actor, Level, Source, Tenant } from '../model/event.js';
import type { HttpRequest } from '../model/http.js';
import { type ResolvedActor, read, resolveActor } from '../pure/actor/index.js';
import type { RequestFacts } from '../pure/draft.js';
import type { Loadable } from '../pure/loadable.js';
import { templateOf } from '../pure/recognise/index.js';
import { withoutSessionId } from '../pure/stored-id.js';
import type { AnswerHeaders, HttpBinding, Place, RawExchange, Refinable } from './binding.js';
import type { Called } from './called.js';
import { type Ending, endingOf, statusOf } from './outcome.js';
import { pathOf } from './path.js';
import { parseBody } from './raw-body.js';
import { sourceOf } from './source-of.js';

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
  readonly remoteAddress: string | undefined;
  /** Who was signed in earlier in this request. */
  early: ResolvedActor | undefined;
  /** Text of the answer. */
  answer: string | undefined;
  /** Who knows the headers of the answer, where the response of node:http was only given them at the last moment. */
  answeredBy: AnswerHeaders | undefined;
  /** Text of a body that a handler read itself. */
  rawBody: string | undefined;
  /** What the request called, when it is GraphQL or a remote procedure call. */
  called: Called | undefined;
  /** The root fields of GraphQL that ran, as the framework says: a persisted query does not tell. */
  fields: readonly RanField[] | undefined;
  /** The resource in the path whose state is read before the handler runs, and that reading. */
  loading: (Loadable & { readonly before: Promise<unknown> }) | undefined;
  /** After a 404: was that resource there all the while? */
  hidden: Promise<boolean> | undefined;
  level: Level | undefined;
  idParam: string | undefined;
  handled: unknown;
  /** Monotonic clock when the response ended. */
  ended: number | undefined;
  /** The auditor knows of it and waits for it when it closes. */
  isOpen = false;
  /** Ends the watch over this request: its response is over, or nothing will come of it. */
  end: () => void = nothing;
  connection: { remove(scope: RequestScope): void } | undefined;
  #source: Source | undefined;
  #place: Place | undefined;
  #ending: Ending | undefined;
  #headers: IncomingHttpHeaders | undefined;
  #parts: Map<string, RequestScope> | undefined;

  /** @param whole the scope of the request, when this one is of a further call in it */
  constructor(
    engine: Engine,
    binding: HttpBinding,
    carrier: HttpRequest,
    raw: RawExchange,
    remoteAddress: string | undefined,
    whole?: RequestScope,
  ) {
    super(engine, whole);
    this.binding = binding;
    this.carrier = carrier;
    this.raw = raw;
    const { req } = raw;
    this.method = textOf(read(req, 'method')) ?? 'GET';
    this.url = textOf(read(req, 'originalUrl')) ?? textOf(read(req, 'url')) ?? '/';
    this.time = whole?.time ?? engine.clock.now();
    this.started = whole?.started ?? engine.clock.steady();
    this.remoteAddress = remoteAddress;
  }

  /** The scope of one call in this request, by its place in a batch and its member of the answer. */
  part(place: PartPlace): RequestScope {
    this.#parts ??= new Map();
    const known = this.knownPart(place);
    if (known !== undefined) return known;
    const part = new RequestScope(this.engine, this.binding, this.carrier, this.raw, this.remoteAddress, this);
    const { actor, answer, answeredBy, early, ended, handled, rawBody, tenant } = this;
    Object.assign(part, { actor, answer, answeredBy, early, ended, handled, rawBody, tenant });
    this.#parts.set(partKey(place), part);
    return part;
  }

  /** That scope, when something was said about it. */
  knownPart(place: PartPlace): RequestScope | undefined {
    return this.#parts?.get(partKey(place));
  }

  /** Set by who else waits for something. */
  onInterrupt: (() => void) | undefined;

  interrupt(): void {
    // Once the response has ended its outcome is known, whatever else is not.
    if (this.ended === undefined) this.setOutcome('unknown', { code: 'process_ended' });
    if (this.onInterrupt === undefined) this.end();
    else this.onInterrupt();
  }

  /** The status alone: what most requests are let go by. */
  status(): number {
    return this.#ending === undefined ? statusOf(this.raw.res) : this.#ending.status;
  }

  /** How the exchange ended; once the response has ended it no longer changes. */
  ending(): Ending {
    if (this.#ending !== undefined) return this.#ending;
    const ending = endingOf(this.raw.res);
    if (this.ended !== undefined) this.#ending = ending;
    return ending;
  }

  headers(): IncomingHttpHeaders {
    this.#headers ??= this.raw.req.headers;
    return this.#headers;
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

  /** Did the framework find a route? */
  get isRouted(): boolean {
    return this.#told() !== undefined;
  }

  /** Route and parameters; once the response has ended they no longer change. */
  #placed(): Place {
    if (this.#place !== undefined) return this.#place;
    const place = this.#told() ?? this.inferred();
    if (this.ended !== undefined) this.#place = place;
    return place;
  }

  #told(): Place | undefined {
    // What a framework or an application may fail to say must not cost the event.
    try {
      return this.binding.place(this.carrier, this);
    } catch {
      return undefined;
    }
  }

  get answerHeaders(): AnswerHeaders {
    return this.answeredBy ?? this.raw.res;
  }

  /** Class and method that handle the route, where the framework has them. */
  handler(): { readonly controller: string; readonly method: string } | undefined {
    if (this.binding.handler === undefined) return undefined;
    try {
      return this.binding.handler(this.carrier, this);
    } catch {
      return undefined;
    }
  }

  body(): unknown {
    let body: unknown;
    try {
      body = this.binding.body(this.carrier);
    } catch {
      return undefined;
    }
    // Whatever is asked of a Proxy runs somebody's code.
    if (body !== undefined) return typeof body === 'object' && types.isProxy(body) ? undefined : body;
    if (this.rawBody === undefined) return undefined;
    return parseBody(this.rawBody, this.raw.req.headers['content-type']);
  }

  resolved(): ResolvedActor {
    return resolveActor(this.carrier, this.early);
  }

  override knownActor(): Actor {
    return withoutSessionId(super.knownActor() ?? this.resolved().actor);
  }

  override knownTenant(): Tenant | undefined {
    return super.knownTenant() ?? this.resolved().tenant;
  }

  override source(): Source {
    this.#source ??= super.source() ?? sourceOf(this);
    return this.#source;
  }

  override request(): RequestFacts {
    return { id: this.requestId(), method: this.method, route: this.route() };
  }

  /** The id that the application gave the request (for its own logs), else the event's. Headers give none. */
  requestId(): string {
    if (this.outer instanceof RequestScope) return this.outer.requestId();
    const id = read(this.carrier, 'id');
    if (typeof id === 'string' && id.length > 0 && id.length <= 128) return id;
    return typeof id === 'number' ? String(id) : this.id;
  }
}

function nothing(): void {}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
