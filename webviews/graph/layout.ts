// Where the stages of a graph stand: layers from left to right, after Sugiyama, Tagawa and Toda (1981). Pure.

export interface Placed<T> {
  readonly item: T;
  readonly layer: number;
  /** Place inside the layer, from 0. */
  readonly row: number;
}

export interface GraphLayout<T> {
  readonly placed: readonly Placed<T>[];
  readonly layers: number;
  readonly rows: number;
}

/**
 * Puts every item into the layer behind the last one that it waits for, and orders the layers so that edges cross little. What waits for itself in
 * a circle is put behind what is known of it.
 */
export function layered<T extends { readonly name: string; readonly after: readonly string[] }>(
  items: readonly T[],
): GraphLayout<T> {
  const byName = new Map(items.map((item) => [item.name, item]));
  const layers = new Map<string, number>();
  const layerOf = (item: T, trail: ReadonlySet<string>): number => {
    const known = layers.get(item.name);
    if (known !== undefined) return known;
    const before = item.after.flatMap((name) => {
      const other = byName.get(name);
      return other && !trail.has(name) ? [layerOf(other, new Set([...trail, item.name]))] : [];
    });
    const layer = before.length === 0 ? 0 : Math.max(...before) + 1;
    layers.set(item.name, layer);
    return layer;
  };
  for (const item of items) layerOf(item, new Set([item.name]));
  const count = Math.max(0, ...layers.values()) + Number(items.length > 0);
  const columns = Array.from({ length: count }, (_, layer) => items.filter(({ name }) => layers.get(name) === layer));
  const rowOf = new Map<string, number>();
  const renumber = (): void => columns.forEach((column) => column.forEach(({ name }, row) => rowOf.set(name, row)));
  renumber();
  const followers = new Map<string, string[]>();
  for (const { name, after } of items)
    for (const before of after) followers.set(before, [...(followers.get(before) ?? []), name]);
  // Barycentres, forwards and backwards some times: small graphs are in order after two.
  for (let sweep = 0; sweep < 6; sweep++) {
    const forwards = sweep % 2 === 0;
    for (const column of forwards ? columns : columns.toReversed()) {
      const centre = ({ name, after }: T): number => {
        const near = (forwards ? after : (followers.get(name) ?? [])).flatMap((each) => rowOf.get(each) ?? []);
        return near.length === 0 ? (rowOf.get(name) ?? 0) : near.reduce((sum, row) => sum + row, 0) / near.length;
      };
      const centres = new Map(column.map((item) => [item, centre(item)]));
      column.sort((a, b) => (centres.get(a) ?? 0) - (centres.get(b) ?? 0));
    }
    renumber();
  }
  return {
    placed: columns.flatMap((column, layer) => column.map((item, row) => ({ item, layer, row }))),
    layers: count,
    rows: Math.max(0, ...columns.map(({ length }) => length)),
  };
}
