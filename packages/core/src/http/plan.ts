import type { Outcome } from '../model/event.js';
import type { Capture } from '../pure/draft.js';
import type { RecogniseInput, Recognition } from '../pure/recognise/index.js';
import type { Verdict } from '../pure/rules.js';

/** What is known of a method and a route once and for all. */
export interface Plan {
  readonly recognition: Recognition;
  /** What the rules say, by outcome; filled as they are asked. */
  readonly verdicts: Partial<Record<Outcome, Verdict>>;
  /** How its events were captured, by what said who it was; the usual few. */
  readonly captures: { readonly by: string; readonly capture: Capture }[];
}

const MAX_PLANS = 2_000;

/** What is known of a method and a route: one plan, or one for each handler where a header tells the version. */
interface Spot {
  plain: Plan | undefined;
  byHandler: Map<object, Plan> | undefined;
}

/** The plans of one auditor. Bounded, as a route that no framework knew comes from the client's path. */
export class Plans {
  readonly #byMethod = new Map<string, Map<string, Spot>>();
  readonly #recognise: (input: RecogniseInput) => Recognition;
  #count = 0;

  constructor(recognise: (input: RecogniseInput) => Recognition) {
    this.#recognise = recognise;
  }

  /**
   * The plan of a method and a route, and its handler where the framework has them: one and the same object each time.
   * `more` is asked for the first time, and when the answer depends on more than these.
   */
  of(method: string, route: string, handler: object | undefined, more: () => RecogniseInput): Plan {
    const spot = this.#byMethod.get(method)?.get(route);
    const known = handler === undefined ? spot?.plain : spot?.byHandler?.get(handler);
    if (known !== undefined && !known.recognition.varies) return known;
    const plan: Plan = { recognition: this.#recognise(more()), verdicts: {}, captures: [] };
    if (known === undefined) this.#keep(this.#spotOf(method, route), handler, plan);
    return plan;
  }

  #keep(spot: Spot, handler: object | undefined, plan: Plan): void {
    if (handler === undefined) {
      spot.plain = plan;
    } else {
      spot.byHandler ??= new Map();
      spot.byHandler.set(handler, plan);
    }
    this.#count += 1;
  }

  #spotOf(method: string, route: string): Spot {
    if (this.#count >= MAX_PLANS) {
      this.#byMethod.clear();
      this.#count = 0;
    }
    const routes = this.#byMethod.get(method) ?? new Map<string, Spot>();
    this.#byMethod.set(method, routes);
    const spot = routes.get(route) ?? { plain: undefined, byHandler: undefined };
    routes.set(route, spot);
    return spot;
  }
}
