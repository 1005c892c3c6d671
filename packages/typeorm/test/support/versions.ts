import * as typeorm from 'typeorm';
import * as typeorm03 from 'typeorm03';

/** Both majors, by the types of the newer one. */
export type TypeOrm = typeof typeorm;

export const VERSIONS: readonly (readonly [name: string, orm: TypeOrm])[] = [
  ['1', typeorm],
  ['0.3', typeorm03 as unknown as TypeOrm],
];

/** Decorators of both keep what they are told in one global; from here on it is that of this version. */
export function useVersion(orm: TypeOrm): TypeOrm {
  Reflect.deleteProperty(globalThis, 'typeormMetadataArgsStorage');
  return orm;
}
