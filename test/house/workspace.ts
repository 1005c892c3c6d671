import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

/** One source or test file and what it imports, in the order of the file. */
export interface ModuleFile {
  /** Relative to the checkout, with `/`: `packages/core/src/pure/seal.ts`. */
  readonly path: string;
  readonly imports: readonly string[];
}

/** What the house rules need of a package.json. */
export interface Manifest {
  /** Relative to the checkout: `packages/core`. */
  readonly folder: string;
  readonly name: string;
  readonly version?: string;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface Workspace {
  readonly files: readonly ModuleFile[];
  readonly manifests: readonly Manifest[];
}

export const ROOT = resolve(__dirname, '../..');

/** Reads every package, example and cross-package test of this checkout. */
export function readWorkspace(): Workspace {
  const members = ['packages', 'examples'].flatMap((parent) => foldersOf(parent));
  return {
    files: [...members.flatMap((folder) => [`${folder}/src`, `${folder}/test`]), 'test']
      .flatMap(modulesBelow)
      .map((path) => ({ path, imports: importsOf(readFileSync(join(ROOT, path), 'utf8')) })),
    manifests: [...members, 'test'].map(readManifest),
  };
}

/** Every module that a text imports, exports from or requires, types included. */
export function importsOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);
}

/** Folders of the published packages. */
export function packageFolders(): string[] {
  return foldersOf('packages');
}

export function readManifest(folder: string): Manifest {
  return { ...JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')), folder };
}

function foldersOf(parent: string): string[] {
  return readdirSync(join(ROOT, parent))
    .map((name) => `${parent}/${name}`)
    .filter((folder) => existsSync(join(ROOT, folder, 'package.json')));
}

/** Fixtures and compatibility suites are programs of imaginary users: the house rules are not theirs. */
const NOT_OURS = /(^|\/)(node_modules|dist|fixtures|compat)(\/|$)/;

function modulesBelow(folder: string): string[] {
  const top = join(ROOT, folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { withFileTypes: true }).flatMap((item) => {
    const path = `${folder}/${item.name}`;
    if (NOT_OURS.test(path)) return [];
    if (item.isDirectory()) return modulesBelow(path);
    return /\.[cm]?[jt]s$/.test(item.name) ? [path] : [];
  });
}
