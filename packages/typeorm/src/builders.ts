import type { Audited } from './audited.js';
import { execute } from './execute.js';
import { running, sent } from './statement.js';
import type { Builder } from './typeorm.js';

/** Methods by which one builder makes another. */
const MAKES = 'clone createQueryBuilder delete insert relation restore select softDelete subQuery update'.split(' ');

type Method = (this: Builder, ...args: unknown[]) => unknown;

/**
 * Builders of one data source, by a prototype between them and that of TypeORM: theirs alone, so that no builder of any
 * other data source is touched, and whatever others change on TypeORM's own prototypes still holds.
 */
export function builderAdopter(audited: Audited): (made: unknown) => unknown {
  const prototypes = new WeakMap<object, object>();
  const adopted = new WeakSet<object>();

  const adopt = (made: unknown): unknown => {
    if (!isBuilder(made)) return made;
    const prototype = Object.getPrototypeOf(made) as object;
    if (adopted.has(prototype)) return made;
    const ours = prototypes.get(prototype) ?? ofPrototype(prototype);
    prototypes.set(prototype, ours);
    adopted.add(ours);
    return Object.setPrototypeOf(made, ours);
  };

  const ofPrototype = (prototype: object): object => {
    const ours = Object.create(prototype) as object;
    const original = (name: string, self: Builder, args: unknown[]): unknown =>
      Reflect.apply(Reflect.get(prototype, name) as Method, self, args);
    const define = (name: string, value: Method): void => {
      if (typeof Reflect.get(prototype, name) === 'function')
        Object.defineProperty(ours, name, { value, configurable: true, writable: true });
    };
    for (const name of MAKES)
      define(name, function (...args) {
        return adopt(original(name, this, args));
      });
    define('execute', function (...args) {
      return execute(audited, this, (builder) => original('execute', builder, args) as Promise<unknown>);
    });
    define('createReturningExpression', function (...args) {
      const own = original('createReturningExpression', this, args) as string;
      return running.get(this)?.returning(own) ?? own;
    });
    define('getQueryAndParameters', function (...args) {
      const query = original('getQueryAndParameters', this, args) as [string, unknown[]];
      const statement = running.get(this);
      if (statement !== undefined) sent.set(query[1], statement);
      return query;
    });
    return ours;
  };
  return adopt;
}

function isBuilder(made: unknown): made is Builder {
  return typeof made === 'object' && made !== null && 'expressionMap' in made;
}
