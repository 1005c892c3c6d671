import { AuditError } from '../model/errors.js';
import type { RowChange } from '../pure/row.js';
import type { Engine } from './engine.js';

/** Whoever knows the name behind an id may take this long; then the event goes without. */
const NAME_TIMEOUT_MS = 250;

/**
 * Asks for the names behind the ids that changed in a row (`fields.ownerId.name`), and keeps them with it as they are
 * now. `undefined` when there is nothing to ask; never rejects.
 */
export function nameRow(engine: Engine, row: RowChange): Promise<void> | undefined {
  const { fields, before, after } = row;
  if (fields === undefined || fields.names.size === 0 || Object.keys(row.names).length > 0) return undefined;
  const asked = [...fields.names].flatMap(([field, name]) => {
    const [old, now] = [idIn(before, field), idIn(after, field)];
    return old === now ? [] : [ask(engine, row, field, { name, old, now })];
  });
  if (asked.length === 0) return undefined;
  // A name that is late must not hold the auditor up when it closes.
  return Promise.race([Promise.all(asked).then(() => undefined), late(engine)]);
}

/** The same of several rows, before they are looked at together. */
export function namesOf(engine: Engine, rows: readonly RowChange[] | undefined): Promise<void> | undefined {
  const asked = rows?.flatMap((row) => nameRow(engine, row) ?? []) ?? [];
  return asked.length === 0 ? undefined : Promise.all(asked).then(() => undefined);
}

interface Asked {
  readonly name: (id: string) => string | undefined | Promise<string | undefined>;
  readonly old: string | undefined;
  readonly now: string | undefined;
}

async function ask(engine: Engine, row: RowChange, field: string, { name, now, old }: Asked): Promise<void> {
  try {
    const nameOf = async (id: string | undefined) => (id === undefined ? undefined : await name(id));
    const [before, after] = await Promise.all([nameOf(old), nameOf(now)]);
    if (typeof before !== 'string' && typeof after !== 'string') return;
    row.names[`/${field}`] = {
      ...(typeof before === 'string' ? { old: before } : {}),
      ...(typeof after === 'string' ? { new: after } : {}),
    };
  } catch (cause) {
    const message = `The name behind \`${field}\` of ${row.type} could not be had; the event goes without. See \`cause\`.`;
    engine.report(new AuditError('AUDIT_CAPTURE_FAILED', message, { cause }), `name ${row.type} ${field}`);
  }
}

function idIn(state: RowChange['before'], field: string): string | undefined {
  const id = state?.[field];
  return typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint' ? String(id) : undefined;
}

function late(engine: Engine): Promise<void> {
  return new Promise((resolve) => engine.clock.after(NAME_TIMEOUT_MS, resolve));
}
