import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { findCircles } from './circles';
import { floorProblem, outsideProblem, wingProblem } from './floors';
import type { Manifest, ModuleFile, Workspace } from './workspace';

const SCOPE = '@whodunit/';

/** Every broken house rule of a workspace, one sentence each: which file, which import, what is wrong. */
export function checkHouse(workspace: Workspace): string[] {
  const known = new Set(workspace.files.map((file) => file.path));
  return [
    ...workspace.files.flatMap((file) => file.imports.flatMap((specifier) => check(file, specifier, known, workspace))),
    ...fileCircles(workspace.files, known),
    ...packageCircles(workspace.manifests),
  ];
}

function check(file: ModuleFile, specifier: string, known: ReadonlySet<string>, workspace: Workspace): string[] {
  const manifest = workspace.manifests.find((candidate) => file.path.startsWith(`${candidate.folder}/`));
  if (manifest === undefined) return [`${file.path}: belongs to no package`];
  const problem = specifier.startsWith('.')
    ? relativeProblem(file, specifier, known, manifest)
    : namedProblem(file, specifier, manifest, workspace);
  return problem === undefined ? [] : [`${file.path} imports ${specifier}: ${problem}`];
}

function relativeProblem(
  file: ModuleFile,
  specifier: string,
  known: ReadonlySet<string>,
  { folder }: Manifest,
): string | undefined {
  const path = posix.join(posix.dirname(file.path), specifier);
  if (!path.startsWith(`${folder}/`)) return 'leaves its package; import the other package by its name';
  const sources = `${folder}/src/`;
  if (!isSource(file)) return undefined;
  if (!path.startsWith(sources)) return 'a source file must not import what is not published';
  const target = resolveModule(file.path, specifier, known);
  if (target === `${sources}index.ts`) return 'goes up: the door imports the rooms, never the reverse';
  if (folder !== 'packages/core' || target === undefined) return undefined;
  return floorProblem(file.path.slice(sources.length), target.slice(sources.length));
}

function namedProblem(
  file: ModuleFile,
  specifier: string,
  manifest: Manifest,
  { manifests }: Workspace,
): string | undefined {
  const name = packageOf(specifier);
  const core = manifest.folder === 'packages/core' && isSource(file);
  const outside = core ? outsideProblem(file.path.slice('packages/core/src/'.length), specifier) : undefined;
  if (outside !== undefined) return outside;
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? undefined : `write \`node:${specifier}\``;
  const other = manifests.find((candidate) => candidate.name === name);
  if (other !== undefined && !doorsOf(other).includes(`.${specifier.slice(name.length)}`)) {
    return `deep: \`${name}\` opens ${doorsOf(other).join(', ')}`;
  }
  if (isSource(file) && manifest.folder.startsWith('packages/') && name.startsWith(SCOPE)) {
    const wing = wingProblem(manifest.name.slice(SCOPE.length), name.slice(SCOPE.length));
    if (wing !== undefined) return wing;
  }
  return name === manifest.name || declares(manifest, name, isSource(file)) ? undefined : `\`${name}\` is not declared`;
}

/** What a package lets others import: the keys of `exports`; for a package without any, its root. */
function doorsOf({ exports }: Manifest): string[] {
  return typeof exports === 'object' && exports !== null ? Object.keys(exports) : ['.'];
}

/** Sources of a package may import what its users install too; everything else may also use `devDependencies`. */
function declares(manifest: Manifest, name: string, source: boolean): boolean {
  const published = { ...manifest.dependencies, ...manifest.peerDependencies };
  return name in (source ? published : { ...published, ...manifest.devDependencies });
}

function fileCircles(files: readonly ModuleFile[], known: ReadonlySet<string>): string[] {
  const graph = new Map<string, string[]>();
  for (const { path, imports } of files) {
    const targets = imports.map((specifier) => resolveModule(path, specifier, known));
    graph.set(
      path,
      targets.filter((target) => target !== undefined),
    );
  }
  return findCircles(graph).map((circle) => `circle of files: ${circle.join(' -> ')}`);
}

function packageCircles(manifests: readonly Manifest[]): string[] {
  const graph = new Map(
    manifests.map((one) => [one.name, Object.keys({ ...one.dependencies, ...one.peerDependencies })]),
  );
  return findCircles(graph).map((circle) => `circle of packages: ${circle.join(' -> ')}`);
}

/** The file that a relative import means, when it is one of ours. */
function resolveModule(from: string, specifier: string, known: ReadonlySet<string>): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = posix.join(posix.dirname(from), specifier);
  const bare = path.replace(/\.js$/, '');
  return [path, `${bare}.ts`, `${bare}/index.ts`].find((candidate) => known.has(candidate));
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

const isSource = ({ path }: ModuleFile) => /^(packages|examples)\/[^/]+\/src\//.test(path);
