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

/** The plans of one auditor. Bounded, as a route that no framework knew comes from the client's path. */
export class Plans {
  readonly #byMethod = new Map<string, Map<string, Plan>>();
  readonly #recognise: (input: RecogniseInput) => Recognition;
  #count = 0;

  constructor(recognise: (input: RecogniseInput) => Recognition) {
    this.#recognise = recognise;
  }

  /**
   * The plan of a method and a place: a route, and its handler where the framework has them. `more` is asked for the
   * first time, and when the answer depends on more than these.
   */
  of(method: string, place: string, more: () => RecogniseInput): Plan {
    const known = this.#byMethod.get(method)?.get(place);
    if (known !== undefined && !known.recognition.varies) return known;
    const plan: Plan = { recognition: this.#recognise(more()), verdicts: {}, captures: [] };
    if (known === undefined) this.#keep(method, place, plan);
    return plan;
  }

  #keep(method: string, place: string, plan: Plan): void {
    if (this.#count >= MAX_PLANS) {
      this.#byMethod.clear();
      this.#count = 0;
    }
    const routes = this.#byMethod.get(method) ?? new Map<string, Plan>();
    this.#byMethod.set(method, routes.set(place, plan));
    this.#count += 1;
  }
}
