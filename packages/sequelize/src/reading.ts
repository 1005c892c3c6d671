import type { Row } from '@whodunit/core/writes';
import type { QueryOptions, Send, SequelizeParts, TableName, Transaction, Values } from './sequelize.js';
import { keyOf, rowOf, type Table } from './table.js';

const OR = Symbol.for('or');

/** Which rows to read, and how. */
export interface Wanted {
  readonly table: Table;
  readonly name: TableName;
  readonly where: unknown;
  /** Those of the write: its logging and its transaction hold for what is read for it. */
  readonly options: QueryOptions;
  readonly transaction: Transaction | undefined;
  readonly limit?: number | undefined;
  readonly isLocked?: boolean | undefined;
}

/** Reads rows as the write itself finds them: by the same `where`, on the same connection. */
export function reader(sequelize: SequelizeParts, send: Send) {
  const { queryGenerator } = sequelize.getQueryInterface();

  const read = async (wanted: Wanted): Promise<Row[]> => {
    const { isLocked, limit, name, options, table, transaction, where } = wanted;
    const columns = [...table.columns].map(([attribute, column]) => {
      const quoted = queryGenerator.quoteIdentifier(column);
      return attribute === column ? quoted : `${quoted} AS ${queryGenerator.quoteIdentifier(attribute)}`;
    });
    const filter = queryGenerator.getWhereConditions(where, null, table.modelClass, {});
    const sql = [
      `SELECT ${columns.join(', ')} FROM ${queryGenerator.quoteTable(name)}`,
      filter === '' ? '' : ` WHERE ${filter}`,
      limit === undefined ? '' : ` LIMIT ${limit}`,
      isLocked === true && sequelize.dialect.supports.lock !== undefined ? ' FOR UPDATE' : '',
    ].join('');
    const { benchmark, logging, replacements, searchPath } = options;
    const said = Object.entries({ benchmark, logging, replacements, searchPath }).filter(
      ([, value]) => value !== undefined,
    );
    const rows = await send(sql, {
      ...Object.fromEntries(said),
      raw: true,
      transaction: transaction ?? null,
      type: 'SELECT',
      useMaster: true,
    });
    return (rows as Values[]).map((row) => rowOf(table, row));
  };

  return {
    read,
    /** The same rows again, by their keys. */
    async again(rows: readonly Row[], wanted: Omit<Wanted, 'where'>): Promise<Row[]> {
      const keys = rows.map((row) => keyOf(wanted.table, row)).filter((key) => key !== undefined);
      if (keys.length < rows.length) throw new Error('The model has no primary key to read its rows by.');
      return keys.length === 0 ? [] : read({ ...wanted, where: anyOf(keys) });
    },
  };
}

export type Reader = ReturnType<typeof reader>;

/** Rows that have any of these values. */
export function anyOf(values: readonly Values[]): unknown {
  const [first = {}, ...more] = values;
  if (more.length === 0) return first;
  const [column, ...others] = Object.keys(first);
  const isOneColumn = column !== undefined && others.length === 0;
  return isOneColumn ? { [column]: values.map((each) => each[column]) } : { [OR]: [...values] };
}
