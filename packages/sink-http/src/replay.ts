/** What the receiver knows about a webhook id. */
export type Seen =
  /** Never seen, or tried and failed: go ahead, then call `accept` or `forget`. */
  | { readonly state: 'new' }
  /** Stored before, or being stored right now: `stored` tells how that ends. */
  | { readonly state: 'known'; readonly stored: Promise<boolean> }
  /** The same id came with another body. */
  | { readonly state: 'conflict' }
  /** As many ids as fit are remembered, and none of them is old enough to be forgotten. */
  | { readonly state: 'full' };

interface Memory {
  readonly digest: string;
  readonly stored: Promise<boolean>;
  settle(stored: boolean): void;
  /** Seconds since 1970 from when the timestamp alone refuses a copy of the request. */
  freshUntil: number;
}

/**
 * Remembers which webhook ids were accepted, so that a copy of a request changes nothing. Bounded: the oldest id makes
 * room, but never one whose request would still pass by its timestamp; `full` then means "later".
 */
export class ReplayMemory {
  readonly #memories = new Map<string, Memory>();
  readonly #maxIds: number;

  constructor(maxIds: number) {
    this.#maxIds = maxIds;
  }

  /** Reserves the id when it is new: a second copy that arrives meanwhile waits for the outcome of the first. */
  see(id: string, digest: string, freshUntil: number, now: number): Seen {
    const memory = this.#memories.get(id);
    if (memory !== undefined) {
      if (memory.digest !== digest) return { state: 'conflict' };
      memory.freshUntil = Math.max(memory.freshUntil, freshUntil);
      this.#memories.delete(id);
      this.#memories.set(id, memory);
      return { state: 'known', stored: memory.stored };
    }
    if (!this.#hasRoom(now)) return { state: 'full' };
    this.#memories.set(id, pending(digest, freshUntil));
    return { state: 'new' };
  }

  accept(id: string): void {
    this.#memories.get(id)?.settle(true);
  }

  forget(id: string): void {
    this.#memories.get(id)?.settle(false);
    this.#memories.delete(id);
  }

  #hasRoom(now: number): boolean {
    if (this.#memories.size < this.#maxIds) return true;
    const [oldest] = this.#memories;
    if (oldest === undefined || oldest[1].freshUntil >= now) return false;
    return this.#memories.delete(oldest[0]);
  }
}

function pending(digest: string, freshUntil: number): Memory {
  let settle: (stored: boolean) => void = () => {};
  const stored = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  return { digest, stored, settle, freshUntil };
}
