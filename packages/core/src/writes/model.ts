import type { Engine } from '../engine/engine.js';
import type { FieldOptions, FieldPolicy } from '../model/options.js';
import { type Fields, fieldsOf } from '../pure/fields.js';
import { typeOf, wordsOf } from '../pure/recognise/index.js';
import type { JoinOptions, ModelOptions, WriteSettings } from './options.js';

/** What an ORM knows of one model. */
export interface ModelShape {
  /** Its name in the ORM: `User`, or the table. */
  readonly name: string;
  /** Members that are its primary key, in their order. */
  readonly key: readonly string[];
  /** What decorators on the model say of its fields. */
  readonly fields?: Readonly<Record<string, FieldPolicy | FieldOptions>> | undefined;
}

/** A model whose writes become events. */
export interface Model extends ModelShape {
  readonly type: string;
  readonly nameMember: string | undefined;
  readonly join: JoinOptions | undefined;
}

/** The model as it is audited; `undefined` when the options leave it out, or when its rows are the audit trail itself. */
export function modelOf(shape: ModelShape, settings: Pick<WriteSettings, 'models'>): Model | undefined {
  const options = Object.hasOwn(settings.models, shape.name) ? settings.models[shape.name] : undefined;
  if (options === false || /^(?:"?whodunit"?\.|whodunit_)/.test(shape.name)) return undefined;
  const fields = mergedFields(shape.fields, options?.fields);
  return {
    ...shape,
    ...(fields === undefined ? {} : { fields }),
    type: options?.type ?? typeNamed(shape.name),
    nameMember: options?.name,
    join: options?.join,
  };
}

/** What may be stored of its fields: `resources` counts most, then the options of the package, then decorators. */
export function fieldsOfModel(engine: Engine, { fields, type }: Model): Fields | undefined {
  if (fields === undefined) return engine.fields(type);
  const { ignore, fields: stronger } = engine.resource(type) ?? {};
  const all = mergedFields(fields, stronger) ?? {};
  return fieldsOf({ fields: all, ...(ignore === undefined ? {} : { ignore }) }, engine.settings.hashKey);
}

function mergedFields(
  weaker: ModelOptions['fields'],
  stronger: ModelOptions['fields'],
): NonNullable<ModelOptions['fields']> | undefined {
  return weaker === undefined || stronger === undefined ? (weaker ?? stronger) : { ...weaker, ...stronger };
}

/** `public.order_items`, `OrderItem` and `OrderItemEntity` are order_item. */
function typeNamed(name: string): string {
  const bare = name.replaceAll('"', '').replace(/^.*\./, '');
  const words = wordsOf(bare);
  const last = words[words.length - 1];
  const isSuffix = words.length > 1 && (last === 'entity' || last === 'model') && /[a-z](?:Entity|Model)$/.test(bare);
  return typeOf(isSuffix ? words.slice(0, -1) : words) || 'row';
}
