import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { packageFolders, ROOT } from '../house/workspace';
import type { ReadmeBlock } from './blocks';

/** As a user's Nest or Express project would have it. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  skipLibCheck: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  types: ['node', 'jest'],
};

/** Writes blocks into a folder whose node_modules has the built packages and everything that they are tested with. */
export function prepareFolder(folder: string, blocks: readonly ReadmeBlock[]): void {
  const modules = join(folder, 'node_modules');
  // The first package that has a module wins: Nest's own packages must come from where whodunit finds them.
  const first = ['packages/nestjs', 'packages/express'];
  const sources = [...first, ...packageFolders(), 'test', '.'].map((name) => join(ROOT, name, 'node_modules'));
  for (const name of packageFolders()) link(join(ROOT, name), modules, `@whodunit/${name.split('/')[1]}`);
  for (const source of sources.filter(existsSync)) linkAll(source, modules);
  for (const { fileName, code } of blocks) writeFileSync(join(folder, fileName), code);
}

/** Compiles the blocks of a folder together; gives the complaints by file name. */
export function compile(folder: string, blocks: readonly ReadmeBlock[]): Map<string, string[]> {
  const files = blocks.map((block) => join(folder, block.fileName));
  const program = ts.createProgram(files, { ...OPTIONS, typeRoots: [join(folder, 'node_modules/@types')] });
  program.emit();
  const complaints = new Map<string, string[]>();
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const name = diagnostic.file?.fileName.split('/').at(-1) ?? '';
    complaints.set(name, [...(complaints.get(name) ?? []), describe(diagnostic)]);
  }
  return complaints;
}

/** What is wrong with a text as TypeScript alone, without looking at types. */
export function syntaxProblems(code: string): string[] {
  const { diagnostics } = ts.transpileModule(code, { reportDiagnostics: true, compilerOptions: OPTIONS });
  return (diagnostics ?? []).map(describe);
}

function describe({ file, start, messageText }: ts.Diagnostic): string {
  const line = file === undefined || start === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
  return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}

function linkAll(source: string, modules: string): void {
  for (const name of readdirSync(source)) {
    if (name.startsWith('.')) continue;
    if (!name.startsWith('@')) link(join(source, name), modules, name);
    else
      for (const inner of readdirSync(join(source, name))) link(join(source, name, inner), modules, `${name}/${inner}`);
  }
}

function link(target: string, modules: string, name: string): void {
  const path = join(modules, name);
  if (existsSync(path)) return;
  mkdirSync(join(path, '..'), { recursive: true });
  symlinkSync(target, path, 'junction');
}
