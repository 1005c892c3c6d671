/** A fenced block of a Markdown text. */
export interface CodeBlock {
  /** The whole info string after the fence: `ts`, `ts fragment`, `json printed`. */
  readonly info: string;
  readonly code: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

/** The fenced blocks of a Markdown text, in order. A fence is at least three backticks at the start of a line. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { fence: string; info: string; line: number; code: string[] } | undefined;
  for (const [i, text] of markdown.split('\n').entries()) {
    const fence = /^(`{3,})(.*)$/.exec(text);
    if (open === undefined) {
      if (fence !== null) open = { fence: fence[1] ?? '', info: (fence[2] ?? '').trim(), line: i + 1, code: [] };
    } else if (fence !== null && fence[1] === open.fence && fence[2]?.trim() === '') {
      blocks.push({ info: open.info, code: `${open.code.join('\n')}\n`, line: open.line });
      open = undefined;
    } else {
      open.code.push(text);
    }
  }
  if (open !== undefined) throw new Error(`The block that opens in line ${open.line} is never closed.`);
  return blocks;
}

/** What stands in backticks in the first column of any table, in order. */
export function tableKeys(markdown: string): string[] {
  const rows = markdown.split('\n').filter((line) => /^\s*\|/.test(line));
  return rows.flatMap((row) => {
    const first = row.replaceAll('\\|', '').split('|')[1] ?? '';
    return [...first.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
  });
}
