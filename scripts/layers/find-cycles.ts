/**
 * The cycles of a graph of modules: for each set of modules that reach each other, the shortest way round, beginning with
 * its first module by name. `["a", "b"]` means a → b → a.
 */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const seen = new Set<string>();
  for (const module of [...graph.keys()].sort()) {
    if (seen.has(module)) continue;
    const cycle = shortestCycle(graph, module);
    if (cycle === null) continue;
    cycles.push(cycle);
    for (const member of reachEachOther(graph, module)) seen.add(member);
  }
  return cycles;
}

function shortestCycle(graph: ReadonlyMap<string, readonly string[]>, start: string): string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const module of queue) {
    for (const next of graph.get(module) ?? []) {
      if (next === start) return wayTo(module, start, cameFrom);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, module);
      queue.push(next);
    }
  }
  return null;
}

function wayTo(end: string, start: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [end];
  for (let module = end; module !== start; ) {
    const previous = cameFrom.get(module);
    if (previous === undefined) break;
    way.unshift(previous);
    module = previous;
  }
  return way;
}

/** The modules that lie on a cycle with this one. */
function reachEachOther(graph: ReadonlyMap<string, readonly string[]>, module: string): string[] {
  return [...reach(graph, module)].filter((other) => reach(graph, other).has(module));
}

function reach(graph: ReadonlyMap<string, readonly string[]>, start: string): ReadonlySet<string> {
  const found = new Set<string>();
  const queue = [start];
  for (const module of queue) {
    for (const next of graph.get(module) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      queue.push(next);
    }
  }
  return found;
}
