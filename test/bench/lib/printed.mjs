/** A table as text: what each variant cost, what that is as a share of the known one, and the limit. */
export function printed({ title, unit }, lines, results) {
  const rows = lines.map((line) => [
    line.label,
    line.figure.toPrecision(3),
    line.ratio.toFixed(2),
    spread(line),
    limitOf(results[line.name]),
  ]);
  const all = [[title, unit, 'ratio', 'spread', 'limit'], ...rows];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const text = all.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))));
  text.splice(
    1,
    0,
    widths.map((width) => '-'.repeat(width)),
  );
  return `${text.map((cells) => cells.join('  ').trimEnd()).join('\n')}\n`;
}

const spread = ({ least, greatest }) => (least === greatest ? '' : `${least.toFixed(2)}-${greatest.toFixed(2)}`);

function limitOf(result) {
  if (result === undefined) return '';
  return `${result.kind === 'max' ? 'at most' : 'at least'} ${result.limit} ${result.ok ? 'ok' : 'MISSED'}`;
}
