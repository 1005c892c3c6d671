import type { Row } from '@whodunit/core/writes';
import type { Instance, TableName, Values } from '../sequelize.js';
import { rowOf, type Table } from '../table.js';
import { forInstance, standInFor } from './stand-in.js';
import type { Tools, Verb } from './verb.js';

type Result = [unknown, number];

/** `create`, `save` of a new instance, nested creation; `queryInterface.insert` of migrations, which has no instance. */
export function insert(
  { reader, returns, run }: Tools,
  table: Table,
  [instance, name, values]: readonly [Instance | null | undefined, TableName, Values],
): Verb {
  return ({ options, transaction }) => {
    let stored: Row | undefined;
    const runPlain = (): Promise<unknown> => run([instance, name, values, options]);
    const runForInstance = async (given: Instance): Promise<unknown> => {
      const standIn = standInFor(table, given, options);
      try {
        const [, count] = (await run([standIn.instance, name, values, { ...options, returning: true }])) as Result;
        stored = standIn.settle();
        return [given, count];
      } catch (error) {
        throw forInstance(error, standIn, given);
      }
    };
    const runForTable = async (): Promise<unknown> => {
      const [rows, count] = (await run([instance, name, values, { ...options, returning: true }])) as [
        Values[],
        number,
      ];
      stored = rows[0] && rowOf(table, rows[0]);
      return [options.returning ? rows : [], count];
    };
    return {
      operation: 'create',
      isOne: true,
      run: () => (returns ? (instance ? runForInstance(instance) : runForTable()) : runPlain()),
      after: () => {
        if (stored !== undefined) return [stored];
        const known = rowOf(table, instance?.dataValues ?? values);
        return reader.again([known], { table, name, options, transaction });
      },
    };
  };
}
