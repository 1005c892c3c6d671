import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CodeBlock, codeBlocks } from '../docs/markdown';
import { ROOT } from '../house/workspace';

/** One block of a README that has to be true. */
export interface ReadmeBlock extends CodeBlock {
  /** `packages/core/README.md:12`, for the title of its test. */
  readonly title: string;
  /** The file is compiled and run under this name, so that stack traces say where it comes from. */
  readonly fileName: string;
  /** What a `json printed` block right after it says that it prints. */
  readonly prints?: unknown;
}

export interface ReadmeBlocks {
  readonly runnable: readonly ReadmeBlock[];
  /** Marked `fragment`: not a program of its own, but still TypeScript. */
  readonly fragments: readonly ReadmeBlock[];
}

/** The README of the workspace and of every package, relative to the checkout. */
export function readmes(): string[] {
  const packages = readdirSync(join(ROOT, 'packages')).map((name) => `packages/${name}/README.md`);
  return ['README.md', ...packages].filter((path) => existsSync(join(ROOT, path)));
}

export function readBlocks(path: string): ReadmeBlocks {
  return sortBlocks(path, readFileSync(join(ROOT, path), 'utf8'));
}

/** Sorts the blocks of a README. Languages other than `ts` and `js` are left alone. */
export function sortBlocks(path: string, markdown: string): ReadmeBlocks {
  const all = codeBlocks(markdown);
  const blocks = all.map((block, i) => ({ ...block, ...names(path, block), ...printed(all[i + 1]) }));
  const code = blocks.filter((block) => /^(ts|js)( |$)/.test(block.info));
  const unknown = code.find((block) => !/^(ts|js)( fragment)?$/.test(block.info));
  if (unknown !== undefined)
    throw new Error(`${unknown.title}: \`${unknown.info}\` is not ts, js or one with fragment.`);
  return {
    runnable: code.filter((block) => !block.info.endsWith(' fragment')),
    fragments: code.filter((block) => block.info.endsWith(' fragment')),
  };
}

function names(path: string, { line }: CodeBlock) {
  const place = path.replace(/\/?README\.md$/, '').replaceAll('/', '-') || 'root';
  return { title: `${path}:${line}`, fileName: `${place}-line-${line}.mts` };
}

function printed(next: CodeBlock | undefined) {
  return next?.info === 'json printed' ? { prints: JSON.parse(next.code) as unknown } : {};
}
