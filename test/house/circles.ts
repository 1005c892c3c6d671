/** Every circle of a graph once, as the path that closes it: `a -> b -> a`. Names without a node are ignored. */
export function findCircles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): void => {
    const start = path.indexOf(name);
    if (start !== -1) circles.push([...path.slice(start), name]);
    if (start !== -1 || finished.has(name) || !graph.has(name)) return;
    path.push(name);
    for (const next of graph.get(name) ?? []) visit(next);
    path.pop();
    finished.add(name);
  };
  for (const name of graph.keys()) visit(name);
  return circles;
}
