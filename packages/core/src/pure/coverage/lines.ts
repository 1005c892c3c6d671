import type { RouteCoverage } from './row.js';

interface Lists {
  readonly routes: readonly RouteCoverage[];
  readonly unaudited: readonly RouteCoverage[];
  readonly quiet: readonly RouteCoverage[];
  readonly unseenWrites: readonly WriteGap[];
}

/** One kind of write that nobody saw. */
export interface WriteGap {
  /** The ORM package that told it: `prisma`. */
  readonly by: string;
  /** As the ORM calls it: `$executeRaw`. */
  readonly verb: string;
  /** Model or table, where it is known. */
  readonly model?: string;
}

const UNPRINTABLE = /[^\P{C}]/gu;
const MAX_COLUMN = 48;
const MAX_NAMED = 5;

/** Everything, as a table: what is not recorded has a mark. */
export function coverageText(lists: Lists): string {
  const { routes, quiet, unseenWrites } = lists;
  const lines = [countOf(lists), ...tableOf(routes, '-')];
  if (quiet.length > 0) lines.push('No event, as they only read or are what no trail wants:', ...tableOf(quiet, ' '));
  if (unseenWrites.length > 0) lines.push('Written to a database, and not seen:');
  for (const { by, model = '', verb } of unseenWrites)
    lines.push(`- ${cut(by)}  ${cut(verb)}  ${cut(model)}`.trimEnd());
  return lines.join('\n');
}

/** One line for the start of an application: how many, and the first of those that are missing. */
export function coverageLine(lists: Lists): string {
  const { unaudited } = lists;
  if (unaudited.length === 0) return `${countOf(lists)} See auditor.coverage().`;
  const told = unaudited.slice(0, MAX_NAMED).map((row) => `${cut(String(row), 80)} (${cut(row.unrecorded ?? '', 80)})`);
  const rest = unaudited.length - told.length;
  const more = rest === 0 ? '' : `, and ${rest} more`;
  return `${countOf(lists)} Not recorded: ${told.join(', ')}${more}. auditor.coverage() has the details.`;
}

function countOf({ routes, unaudited }: Pick<Lists, 'routes' | 'unaudited'>): string {
  const recorded = routes.length - unaudited.length;
  return `${recorded} of ${routes.length} mutating ${routes.length === 1 ? 'route is' : 'routes are'} recorded.`;
}

/** `mark` stands before what is not recorded. */
function tableOf(rows: readonly RouteCoverage[], mark: string): string[] {
  const lines = rows.map((row) => [row.method, row.route, row.action ?? '?', subjectOf(row)].map((cell) => cut(cell)));
  const widths = [0, 1, 2, 3].map((at) => Math.max(...lines.map((cells) => cells[at]?.length ?? 0)));
  return rows.map((row, i) => {
    const cells = (lines[i] ?? []).map((cell, at) => cell.padEnd(widths[at] ?? 0));
    return `${row.recorded ? ' ' : mark} ${cells.join('  ')}  ${cut(notesOf(row, mark), 160)}`.trimEnd();
  });
}

function subjectOf({ resource, idParam }: RouteCoverage): string {
  return resource === undefined ? '' : `${resource}${idParam === undefined ? '' : ` :${idParam}`}`;
}

function notesOf(row: RouteCoverage, mark: string): string {
  const { gaps, level, method, recorded, route, rule, unrecorded, why } = row;
  const prefix = `${method} ${route} `;
  const short = why.startsWith(prefix) ? why.slice(prefix.length) : why;
  if (!recorded) return mark === ' ' || unrecorded === why ? short : `${short}; not recorded: ${unrecorded ?? ''}`;
  const asked = rule === undefined && level === 'changes' ? [] : [rule === undefined ? level : `${level} by ${rule}`];
  return [short, ...asked, ...gaps].join('; ');
}

/** Short, and printable whatever routes and rules are called. */
function cut(text: string, most: number = MAX_COLUMN): string {
  const plain = text.replace(UNPRINTABLE, '?');
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain;
}
