/**
 * Groups of files that reach each other by imports (strongly connected components of two or more, or a file that
 * imports itself), by Tarjan's algorithm. Names that are no key of the graph are ignored.
 */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const order = new Map<string, number>();
  const stack: string[] = [];

  const visit = (name: string): number => {
    let low = order.size;
    order.set(name, low);
    const own = low;
    stack.push(name);
    for (const next of graph.get(name) ?? []) {
      if (!graph.has(next)) continue;
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (stack.includes(next)) low = Math.min(low, order.get(next) ?? low);
    }
    if (low === own) {
      const group = stack.splice(stack.indexOf(name));
      if (group.length > 1 || graph.get(name)?.includes(name)) cycles.push(group.sort());
    }
    return low;
  };

  for (const name of graph.keys()) if (!order.has(name)) visit(name);
  return cycles;
}
