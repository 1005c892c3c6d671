import type { Outcome } from '../model/event.js';
import { type RecogniseInput, type Recognition, recognise } from '../pure/recognise/index.js';
import type { Verdict } from '../pure/rules.js';

/** What is known of a method and a route once and for all. */
export interface Plan {
  readonly recognition: Recognition;
  /** What the rules say, by outcome; filled as they are asked. */
  readonly verdicts: Partial<Record<Outcome, Verdict>>;
}

const MAX_PLANS = 2_000;

/** The plans of one auditor. Bounded, as a route that no framework knew comes from the client's path. */
export class Plans {
  readonly #byMethod = new Map<string, Map<string, Plan>>();
  #count = 0;

  /** `more` is asked only when the answer depends on more than method and route, and for the first time. */
  of(method: string, route: string, more: () => Partial<RecogniseInput>): Plan {
    const known = this.#byMethod.get(method)?.get(route);
    if (known !== undefined && !known.recognition.varies) return known;
    const plan: Plan = { recognition: recognise({ ...more(), method, route }), verdicts: {} };
    if (known === undefined) this.#keep(method, route, plan);
    return plan;
  }

  #keep(method: string, route: string, plan: Plan): void {
    if (this.#count >= MAX_PLANS) {
      this.#byMethod.clear();
      this.#count = 0;
    }
    const routes = this.#byMethod.get(method) ?? new Map<string, Plan>();
    this.#byMethod.set(method, routes.set(route, plan));
    this.#count += 1;
  }
}
