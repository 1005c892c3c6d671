import type { Category, Operation } from '../../model/event.js';

/** What a middleware can see of a request before anybody explained it. */
export interface RecogniseInput {
  /** HTTP method, any case. */
  readonly method: string;
  /**
   * Route template, parameters as `:name` or `{name}`: `/orgs/:orgId/members/:id`. When the framework knew no template,
   * the raw path after `templateOf`.
   */
  readonly route: string;
  /** Names in the query string. */
  readonly queryKeys?: readonly string[];
  /** Names in the request body, first level. */
  readonly bodyKeys?: readonly string[];
  /**
   * The request body, or a part of it. Only these members are ever looked at: `grant_type`, `_method`, GraphQL `query` and
   * `operationName`, JSON-RPC `method`, the same of the elements of a batch; and the names, never the values, inside a body
   * that only wraps: `{ user: { ... } }`, JSON:API `data.attributes`.
   */
  readonly body?: unknown;
  /** Response status. A PUT that was answered 201 created what it names. */
  readonly status?: number;
  /** True when nobody was signed in; absent when that is not known. */
  readonly anonymous?: boolean;
  /** Content type of the request. */
  readonly contentType?: string;
  /** Names of the class and method that handle the route, where the framework has them (NestJS). */
  readonly handler?: { readonly controller?: string; readonly method?: string };
}

/**
 * How an action was found: `flow` a row of the table of auth and account flows, `crud` method and shape of the route,
 * `verb` a verb of the product's own, `silent` no event at all, `rule` a rule of the application.
 */
export type RecognitionKind = 'flow' | 'crud' | 'verb' | 'silent' | 'rule';

/** Where a call stands in the body of a request, and its result in the answer. */
export interface CallPlace {
  readonly protocol: 'graphql' | 'json-rpc' | 'trpc';
  /** Its place in a batch; absent when there is no batch. */
  readonly at?: number;
  /** The member of a GraphQL answer that is its own: the alias of the field, else its name. */
  readonly key?: string;
}

/** What a request means. Frozen; the same input gives an equal answer, always. */
export interface Recognition {
  /**
   * False for what no trail wants: health, metrics, assets, preflight, telemetry, webhooks of well-known services, token
   * refresh, the first leg of an OAuth redirect.
   */
  readonly event: boolean;
  /** `auth.login`, `project.update`, `order.refund`; for silent requests `system.health` and the like. */
  readonly action: string;
  readonly category: Category;
  /** `read` for lists and gets, and for a POST that only reads. */
  readonly operation: Operation;
  readonly kind: RecognitionKind;
  /** Singular and in the route's own words: `bank_account`. */
  readonly resource?: string;
  /** Name of the route parameter that holds the resource's id. Absent for a create, a list and a bulk route. */
  readonly idParam?: string;
  /** The resource that this one lies in: `/orgs/:orgId/members` has parent org, `orgId`. */
  readonly parent?: { readonly type: string; readonly param: string };
  /** Name of the route parameter that holds the tenant's id. */
  readonly tenantParam?: string;
  /** The other writes of the same request: further mutations of a GraphQL document, further calls of a batch. At most 19. */
  readonly also?: readonly Recognition[];
  /** How many more there were. */
  readonly more?: number;
  /** Where arguments and result stand in body and answer, when this is a call inside of the request. */
  readonly call?: CallPlace;
  /** For people, short: `POST /sessions is a login`. */
  readonly why: string;
  /** True when the answer depends on more than method and route, so that it must not be cached by these alone. */
  readonly varies: boolean;
}
