/** A graph over the indices of a list: `edges[i]` are those that `i` refers to. */
export type Edges = readonly (readonly number[])[];

/** The indices so that each comes after those it refers to; among equals in the order of the list. Edges of circles are ignored where they close. */
export function topological(edges: Edges): number[] {
  const order: number[] = [];
  const state = new Uint8Array(edges.length);
  for (let root = 0; root < edges.length; root++) {
    if (state[root] !== 0) continue;
    const stack: { node: number; next: number }[] = [{ node: root, next: 0 }];
    state[root] = 1;
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const child = edges[top.node]?.[top.next++];
      if (child === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (state[child] === 0) {
        state[child] = 1;
        stack.push({ node: child, next: 0 });
      }
    }
  }
  return order;
}

/** Circles, each as the indices around it, beginning with the smallest; every node of a circle is in one of them at most once. Self-references are none. */
export function circles(edges: Edges): number[][] {
  const found: number[][] = [];
  const state = new Uint8Array(edges.length);
  for (let root = 0; root < edges.length; root++) {
    if (state[root] !== 0) continue;
    const stack: { node: number; next: number }[] = [{ node: root, next: 0 }];
    const at = new Map<number, number>([[root, 0]]);
    state[root] = 1;
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const child = edges[top.node]?.[top.next++];
      if (child === undefined) {
        state[top.node] = 2;
        at.delete(top.node);
        stack.pop();
      } else if (state[child] === 0) {
        state[child] = 1;
        at.set(child, stack.length);
        stack.push({ node: child, next: 0 });
      } else if (state[child] === 1 && child !== top.node) {
        const circle = stack.slice(at.get(child)).map(({ node }) => node);
        const smallest = circle.indexOf(circle.reduce((a, b) => Math.min(a, b)));
        found.push([...circle.slice(smallest), ...circle.slice(0, smallest)]);
      }
    }
  }
  return found;
}

/** Everything that can be reached from some indices along the edges, those included. */
export function reachable(edges: Edges, from: Iterable<number>): Set<number> {
  const seen = new Set(from);
  const queue = [...seen];
  for (let node = queue.pop(); node !== undefined; node = queue.pop())
    for (const next of edges[node] ?? [])
      if (!seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
  return seen;
}

/** The same graph with every edge turned around. */
export function reversed(edges: Edges): number[][] {
  const result: number[][] = edges.map(() => []);
  edges.forEach((targets, from) => {
    for (const to of targets) result[to]?.push(from);
  });
  return result;
}
