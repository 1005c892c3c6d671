import type { Category, Operation } from './event.js';

/** Of which requests a rule speaks. Members are ANDed, lists are ORed; an absent member matches everything. */
export interface RecogniseMatch {
  /** HTTP method, any case; the `_method` of a form counts. */
  readonly method?: string | readonly string[];
  /**
   * Route template, parameters as `:name` or `{name}`, or a pattern with `*`: `/tickets/:id/flow`, `/admin/*`. Case and a
   * slash at the end do not matter.
   */
  readonly route?: string | readonly string[];
  /** Controller and method where the framework has them, or a pattern with `*`: `TicketsController.advance`, `*.charge`. */
  readonly handler?: string | readonly string[];
  /** Names of which the body holds at least one. Costs the cache of the routes that the rule is for. */
  readonly bodyKeys?: string | readonly string[];
  /** Names of which the query holds at least one. Costs the cache, too. */
  readonly queryKeys?: string | readonly string[];
  /** Response status. Costs the cache, too. */
  readonly status?: number | readonly number[];
  /** Whether nobody was signed in. Costs the cache, too. */
  readonly anonymous?: boolean;
  /** What would be said without the rule, or a pattern with `*`: `*.create`. */
  readonly action?: string | readonly string[];
  /** The resource that would be said without the rule, or a pattern with `*`. */
  readonly resource?: string | readonly string[];
}

/** What a request means. What is left out stays as it would be without the rule. */
export interface RecogniseMeaning {
  /** `ticket.escalate`. Category and operation follow from its words, unless they are given. */
  readonly action?: string;
  readonly category?: Category;
  readonly operation?: Operation;
  /** Singular: `ticket`. */
  readonly resource?: string;
  /** Name of the route parameter that holds the resource's id; `null`: none does. */
  readonly idParam?: string | null;
  /** False: no event at all. True: an event, although it would be none. */
  readonly event?: boolean;
}

/** A rule of recognition: which requests, and what they mean. The first that matches is the last word. */
export interface RecogniseRule {
  /** What `capture.why` calls it. @default its place: `recognise[2]` */
  readonly name?: string;
  readonly when: RecogniseMatch;
  readonly then: RecogniseMeaning;
}
