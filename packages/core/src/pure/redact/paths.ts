/** Redaction paths as a tree that is walked beside the value, so that no path text is ever built. */
export interface PathNode {
  readonly secret: boolean;
  readonly any: PathNode | undefined;
  readonly members: ReadonlyMap<string, PathNode>;
}

interface Draft {
  secret: boolean;
  any: Draft | undefined;
  members: Map<string, Draft>;
}

/** Compiles RFC 6901 pointers, with `*` for any one segment; `undefined` when there are none. */
export function pathTree(pointers: readonly string[]): PathNode | undefined {
  if (pointers.length === 0) return undefined;
  const root = draft();
  for (const pointer of pointers) {
    let node = root;
    for (const segment of pointer.split('/').slice(1)) {
      const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
      if (name === '*') {
        node.any ??= draft();
        node = node.any;
      } else {
        const next = node.members.get(name) ?? draft();
        node.members.set(name, next);
        node = next;
      }
    }
    node.secret = true;
  }
  return root;
}

/** The node for one member of the value; an exact name wins over `*`. */
export function stepInto(node: PathNode | undefined, name: string): PathNode | undefined {
  return node === undefined ? undefined : (node.members.get(name) ?? node.any);
}

function draft(): Draft {
  return { secret: false, any: undefined, members: new Map() };
}
