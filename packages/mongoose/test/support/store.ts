import { type Document, deserialize, serialize } from 'bson';

/** A refusal, as a MongoDB server words it. */
export class Refusal extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly more: Document = {},
  ) {
    super(message);
  }
}

type Documents = Map<string, Document>;

/** What a command works on: the store itself, or what one transaction sees of it. */
export interface View {
  all(collection: string): Document[];
  put(collection: string, document: Document): void;
  remove(collection: string, document: Document): void;
}

/** Collections in memory. Documents in it are never changed, only replaced. */
export class Store implements View {
  readonly #collections = new Map<string, Documents>();
  readonly #unique = new Map<string, readonly string[]>();
  /** Which transaction has changed a document that it has not committed. */
  readonly #locks = new Map<string, Transaction>();

  documents(collection: string): Documents {
    const known = this.#collections.get(collection) ?? new Map();
    this.#collections.set(collection, known);
    return known;
  }

  names(): string[] {
    return [...this.#collections.keys()];
  }

  drop(collection: string): void {
    this.#collections.delete(collection);
    this.#unique.delete(collection);
  }

  unique(collection: string, field?: string): readonly string[] {
    const fields = this.#unique.get(collection) ?? [];
    if (field !== undefined) this.#unique.set(collection, [...fields, field]);
    return this.#unique.get(collection) ?? [];
  }

  all(collection: string): Document[] {
    return [...this.documents(collection).values()];
  }

  put(collection: string, document: Document): void {
    this.refuseTwin(collection, document, this.all(collection));
    this.documents(collection).set(keyOf(document), document);
  }

  remove(collection: string, document: Document): void {
    this.documents(collection).delete(keyOf(document));
  }

  /** @throws Refusal 11000 */
  refuseTwin(collection: string, document: Document, others: readonly Document[]): void {
    for (const field of this.unique(collection)) {
      if (document[field] === undefined || document[field] === null) continue;
      const twin = others.find((other) => other[field] === document[field] && keyOf(other) !== keyOf(document));
      if (twin !== undefined) throw duplicate(collection, { [field]: document[field] });
    }
  }

  /** @throws Refusal 112 when another transaction has changed the document */
  lock(collection: string, key: string, by: Transaction, seen: Document | undefined): void {
    const place = `${collection} ${key}`;
    const holder = this.#locks.get(place);
    const isStale = holder === undefined && this.documents(collection).get(key) !== seen;
    if (isStale || (holder !== undefined && holder !== by))
      throw new Refusal(112, 'Write conflict', { errorLabels: ['TransientTransactionError'] });
    this.#locks.set(place, by);
  }

  unlock(by: Transaction): void {
    for (const [place, holder] of this.#locks) if (holder === by) this.#locks.delete(place);
  }
}

/** Sees the store as it was when the transaction began, with its own changes. */
export class Transaction implements View {
  readonly #store: Store;
  readonly #seen = new Map<string, Documents>();
  readonly #changed = new Map<string, Map<string, Document | undefined>>();

  constructor(store: Store) {
    this.#store = store;
    for (const name of store.names()) this.#seen.set(name, new Map(store.documents(name)));
  }

  all(collection: string): Document[] {
    return [...this.#documents(collection).values()];
  }

  put(collection: string, document: Document): void {
    this.#store.refuseTwin(collection, document, this.all(collection));
    this.#change(collection, keyOf(document), document);
  }

  remove(collection: string, document: Document): void {
    this.#change(collection, keyOf(document), undefined);
  }

  commit(): void {
    for (const [collection, changes] of this.#changed)
      for (const [key, document] of changes) {
        if (document === undefined) this.#store.documents(collection).delete(key);
        else this.#store.documents(collection).set(key, document);
      }
    this.#store.unlock(this);
  }

  abort(): void {
    this.#store.unlock(this);
  }

  #documents(collection: string): Documents {
    const known = this.#seen.get(collection) ?? new Map();
    this.#seen.set(collection, known);
    return known;
  }

  #change(collection: string, key: string, document: Document | undefined): void {
    const changes = this.#changed.get(collection) ?? new Map<string, Document | undefined>();
    this.#changed.set(collection, changes);
    const documents = this.#documents(collection);
    if (!changes.has(key)) this.#store.lock(collection, key, this, documents.get(key));
    changes.set(key, document);
    if (document === undefined) documents.delete(key);
    else documents.set(key, document);
  }
}

export function keyOf({ _id }: Document): string {
  return Buffer.from(serialize({ _id })).toString('hex');
}

export function cloneOf(document: Document): Document {
  return deserialize(serialize(document));
}

export function duplicate(collection: string, keyValue: Document): Refusal {
  const [field = ''] = Object.keys(keyValue);
  const message = `E11000 duplicate key error collection: ${collection} index: ${field}_1 dup key`;
  return new Refusal(11000, message, { keyPattern: { [field]: 1 }, keyValue });
}
