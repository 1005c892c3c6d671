/**
 * Where everything lives. Imports run down: a lower floor never knows a higher one, and the two wings of the third
 * floor, frameworks and sinks, never know each other.
 */

/** Folders of core/src, bottom first. A folder may import from those that it names, and from itself. */
const CORE: Readonly<Record<string, readonly string[]>> = {
  model: [],
  pure: ['model'],
  engine: ['model', 'pure'],
  http: ['model', 'pure', 'engine'],
  writes: ['model', 'pure', 'engine'],
};

/** Builtin modules without clock and without I/O: the only ones that a pure function may use. */
const PURE_BUILTINS = ['node:crypto', 'node:util'];

/** Which packages of the house a package may import in its sources. */
const PACKAGES: readonly { readonly name: RegExp; readonly may: readonly string[] }[] = [
  { name: /^core$/, may: [] },
  { name: /^(express|nestjs)$/, may: ['core'] },
  { name: /^(prisma|typeorm|drizzle|sequelize|mongoose|knex|kysely|mikro-orm|pg-triggers)$/, may: ['core'] },
  { name: /^sink-[a-z0-9-]+$/, may: ['core'] },
  { name: /^testing$/, may: ['core'] },
  { name: /^(viewer|cli)$/, may: ['core'] },
];

/** Why a file of core must not import another, or nothing. Paths are relative to core/src. */
export function floorProblem(from: string, to: string): string | undefined {
  const [here, there] = [floorOf(from), floorOf(to)];
  if (here === there || here === undefined) return undefined;
  if (!Object.hasOwn(CORE, here)) return `core has no folder \`${here}\`; give it a floor in test/house/floors.ts`;
  if (there !== undefined && CORE[here]?.includes(there)) return undefined;
  return `goes up: \`${here}\` may import ${list(CORE[here] ?? [])}`;
}

/** Why a file of core must not import a module from outside core, or nothing. */
export function outsideProblem(from: string, specifier: string): string | undefined {
  const here = floorOf(from);
  if (here === 'model') return '`model` is words and contracts: it imports nothing but `model`';
  if (here !== 'pure' || PURE_BUILTINS.includes(specifier)) return undefined;
  return `\`pure\` has no clock and no I/O: it imports \`model\`, ${list(PURE_BUILTINS)}`;
}

/** Why one package of the house must not import another, or nothing. Names are without the scope. */
export function wingProblem(from: string, to: string): string | undefined {
  const place = PACKAGES.find((known) => known.name.test(from));
  if (place === undefined) return `\`${from}\` has no floor; give it one in test/house/floors.ts`;
  if (from === to || place.may.includes(to)) return undefined;
  return `goes up or sideways: \`${from}\` may import ${list(place.may)}`;
}

/** The floor's folder; the door (`index.ts`) is above every floor and has none. */
function floorOf(path: string): string | undefined {
  const slash = path.indexOf('/');
  return slash === -1 ? undefined : path.slice(0, slash);
}

const list = (names: readonly string[]) =>
  names.length === 0 ? 'nothing' : names.map((name) => `\`${name}\``).join(', ');
