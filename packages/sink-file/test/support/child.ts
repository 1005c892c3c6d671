import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformFile } from '@swc/core';

const PACKAGES = join(__dirname, '../../..');

/** Compiles core and this package into a folder, where a process of its own can require them. */
export async function compileInto(folder: string): Promise<void> {
  for (const name of ['core', 'sink-file']) {
    const home = join(folder, 'node_modules/@whodunit', name);
    await compileFolder(join(PACKAGES, name, 'src'), join(home, 'src'));
    writeFileSync(join(home, 'package.json'), JSON.stringify({ name: `@whodunit/${name}`, main: 'src/index.js' }));
    if (name === 'core') symlinkSync(join(PACKAGES, name, 'node_modules'), join(home, 'node_modules'));
  }
}

/** Starts a script there, under a limit on the size of files (in blocks of 512 bytes) if wanted. */
export function start(folder: string, script: string, args: readonly string[], fileBlocks?: number): ChildProcess {
  const file = join(folder, 'child.cjs');
  writeFileSync(file, script);
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  if (fileBlocks === undefined) return spawn(process.execPath, [file, ...args], { stdio: [...stdio] });
  const command = `ulimit -f ${fileBlocks} && exec "$0" "$@"`;
  return spawn('sh', ['-c', command, process.execPath, file, ...args], { stdio: [...stdio] });
}

async function compileFolder(from: string, to: string): Promise<void> {
  for (const file of readdirSync(from, { withFileTypes: true, recursive: true })) {
    if (!file.isFile() || !file.name.endsWith('.ts')) continue;
    const source = join(file.parentPath, file.name);
    const compiled = join(to, source.slice(from.length).replace(/\.ts$/, '.js'));
    const { code } = await transformFile(source, {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'commonjs' },
      swcrc: false,
    });
    mkdirSync(dirname(compiled), { recursive: true });
    writeFileSync(compiled, code);
  }
}
