import type { Row, Unit, Write } from '@whodunit/core/writes';
import { boundOf } from './bound.js';
import type { Entity } from './entity.js';
import { filterOf, setOf } from './filter.js';
import { takeLoaded } from './loaded.js';
import { canLock, type Place, readByKey, readConflicting, readMatching, without } from './read.js';
import { fillFrom } from './rows.js';
import { givesRowsBack, type Statement } from './statement.js';
import type { Builder, Metadata } from './typeorm.js';

/** One execution of a builder. */
export interface Call extends Place {
  readonly builder: Builder;
  readonly unit: Unit | undefined;
  readonly statement: Statement;
  readonly locksAll: boolean;
  run(): Promise<unknown>;
}

type Written = Write<unknown>;

/** The write that a builder makes. */
export function writeOf(call: Call): Written {
  const { queryType } = call.builder.expressionMap;
  if (queryType === 'insert') return insertOf(call);
  return queryType === 'delete' ? deleteOf(call) : updateOf(call);
}

/** What `save` and its like send are called by their own names. */
const BY_PERSISTENCE: Readonly<Record<string, string>> = {
  insert: 'save',
  update: 'save',
  delete: 'remove',
  'soft-delete': 'softRemove',
  restore: 'recover',
};

function commonOf(call: Call): Pick<Written, 'model' | 'run' | 'summary' | 'unit' | 'verb'> {
  const { callListeners, onConflict, onUpdate, queryType } = call.builder.expressionMap;
  const own = queryType === 'insert' && (onUpdate ?? onConflict) !== undefined ? 'upsert' : queryType;
  return {
    model: call.entity.model,
    verb: (callListeners ? undefined : BY_PERSISTENCE[queryType]) ?? own.replace('soft-delete', 'softDelete'),
    unit: call.unit,
    run: call.run,
    summary: () => ({ filter: filterOf(call.builder), set: setOf(call.builder) }),
  };
}

function insertOf(call: Call): Written {
  const { builder, entity, source, statement } = call;
  const { insertFromSelect, onConflict, onUpdate, valuesSet } = builder.expressionMap;
  const size = Array.isArray(valuesSet) ? valuesSet.length : 1;
  const isUpsert = (onUpdate ?? onConflict) !== undefined;
  // How many rows a SELECT makes is not known before: they are counted, not read.
  const isOpen = insertFromSelect !== undefined;
  return {
    ...commonOf(call),
    operation: isUpsert ? 'upsert' : 'create',
    ...(isOpen ? {} : { size, isOne: size === 1 }),
    locks: canLock(call),
    async before(limit) {
      statement.asks = givesRowsBack(source) && !isOpen && size < limit;
      return isUpsert && !isOpen ? readConflicting(call, builder, limit) : [];
    },
    async after(result, before) {
      // Told as a count: nobody has read them.
      if (isOpen) return undefined as never;
      const rows = statement.rows ?? (await readByKey(call, identifiersOf(entity, result)));
      // Rows that an upsert left as they were do not come back.
      return isUpsert ? [...rows, ...without(entity, before, rows)] : rows;
    },
    // Without rows that come back, databases count what an upsert did each in their own way.
    affected: () => (isUpsert && statement.rows === undefined ? undefined : (statement.affected ?? size)),
    summary: () => ({}),
  };
}

function updateOf(call: Call): Written {
  const { builder, entity, locksAll, runner, source, statement } = call;
  const loaded = locksAll ? undefined : takeLoaded(runner, builder, entity);
  const isOne = loaded !== undefined || boundOf(builder, entity.metadata) === 1;
  return {
    ...commonOf(call),
    ...meaningOf(builder, entity.metadata),
    isOne,
    locks: loaded === undefined && canLock(call),
    async before(limit) {
      const rows = loaded === undefined ? await readMatching(call, builder, limit) : [loaded];
      statement.asks = givesRowsBack(source) && rows.length < limit;
      return rows;
    },
    async after(_, before) {
      const rows = statement.rows ?? (await readByKey(call, before));
      if (loaded !== undefined && rows[0] !== undefined) fillFrom(entity, loaded, rows[0]);
      return rows;
    },
    affected: () => statement.affected,
  };
}

/** Marks of deletion that are known by their name show what they set; behind any other, the row is simply gone. */
const MARK = /^(?:(?:is_?)?(?:soft_?)?deleted|trashed|(?:deleted|trashed)_?(?:at|on))$/i;

function meaningOf(
  { expressionMap: { queryType } }: Builder,
  { deleteDateColumn }: Metadata,
): Pick<Written, 'action' | 'operation'> {
  if (queryType === 'restore') return { operation: 'update', action: 'restore' };
  const isKnown = deleteDateColumn === undefined || MARK.test(deleteDateColumn.propertyPath);
  return { operation: queryType === 'soft-delete' && !isKnown ? 'delete' : 'update' };
}

function deleteOf(call: Call): Written {
  const { builder, entity, source, statement } = call;
  const bound = boundOf(builder, entity.metadata);
  const gone: Row[] = [];
  const isDirect = bound !== undefined && givesRowsBack(source);
  return {
    ...commonOf(call),
    operation: 'delete',
    isOne: bound === 1,
    locks: isDirect || canLock(call),
    async before(limit) {
      // So few rows come back with the statement itself: what it deleted is exactly what was there.
      const isRead = !isDirect || bound >= limit;
      const rows = isRead ? await readMatching(call, builder, limit) : gone;
      statement.asks = givesRowsBack(source) && rows.length < limit;
      return rows;
    },
    async run() {
      const result = await call.run();
      gone.push(...(statement.rows ?? []));
      return result;
    },
    after: (_, before) =>
      statement.rows === undefined ? readByKey(call, before) : without(entity, before, statement.rows),
    affected: () => statement.affected,
  };
}

function identifiersOf(entity: Entity, result: unknown): readonly Row[] {
  const { identifiers = [] } = result as { readonly identifiers?: readonly unknown[] };
  return identifiers.flatMap((identifier) =>
    identifier === undefined
      ? []
      : [
          Object.fromEntries(
            entity.columns
              .filter(({ column }) => column.isPrimary)
              .map(({ column, path }) => [path.join('.'), column.getEntityValue(identifier)]),
          ),
        ],
  );
}
