/**
 * Type-checks test/types against the built declarations, as a user's compiler would, with the compiler that is named:
 * `node test/tools/published-types.mjs typescript7`. Library checks are on, but only errors in our own files count:
 * nobody answers for the declarations of Nest or Express under every compiler.
 */
import { join } from 'node:path';
import { capture, node, root, tool } from './lib/run.mjs';

const compiler = process.argv[2] ?? 'typescript';
const args = ['--pretty', 'false', '--noEmit', '--skipLibCheck', 'false', '-p', 'test/types'];
const { output, code } = await capture(
  compiler === 'typescript'
    ? tool(compiler, ...args)
    : node(join(root, 'test/node_modules', compiler, 'bin/tsc'), ...args),
);
const errors = output.split('\n').filter((line) => /error TS\d+/.test(line));
const ours = errors.filter((line) => !line.includes('node_modules/'));
if (code !== 0 && errors.length === 0) ours.push(output);
process.stdout.write(ours.map((line) => `${line}\n`).join(''));
process.exitCode = ours.length === 0 ? 0 : 1;
