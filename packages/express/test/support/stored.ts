import { captureWrites, type Row, type Unit, type WriteOptions } from '@whodunit/core/writes';

/** Rows in memory behind the same piece that ORM packages write through. */
export class Stored {
  readonly rows = new Map<string, Row>();
  readonly #writes;
  readonly #name: string;

  constructor(name: string, options: WriteOptions = {}) {
    this.#name = name;
    this.#writes = captureWrites('orm', 'auditOrm', options);
  }

  /** Makes, changes (`set`) or deletes (`undefined`) one row. */
  async write(id: string, set: Row | undefined, unit?: Unit): Promise<void> {
    const model = this.#writes.model({ name: this.#name, key: ['id'] });
    if (model === undefined) return;
    const was = this.rows.get(id);
    await this.#writes.capture<void>({
      model,
      verb: 'write',
      operation: set === undefined ? 'delete' : was === undefined ? 'create' : 'update',
      isOne: true,
      unit,
      before: () => (was === undefined ? [] : [was]),
      run: async () => {
        if (set === undefined) this.rows.delete(id);
        else this.rows.set(id, { id, ...was, ...set });
      },
      after: () => [this.rows.get(id) as Row],
    });
  }
}
