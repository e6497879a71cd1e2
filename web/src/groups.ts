/** The items of groups: of clusters, classes, lines, and all items outside a group. */
import { type Atlas } from "./bundle/atlas.ts";
import type { Clusters } from "./bundle/structure.ts";
import { select } from "./math/lasso.ts";
import type { PlaneSpec } from "./math/plane.ts";
import { type Group, groupKey } from "./state/groups.ts";

/** The items of a group; null if they are not read yet. `other` is the group that "others" leaves out. */
export type ItemsOf = (group: Group, other?: Group | null) => Int32Array | null;

const KEPT = 6;

/** Those of some items that a mask of filters leaves. */
export const passing = (items: Int32Array, mask: Uint8Array | null): Int32Array => (mask ? items.filter((item) => mask[item] === 1) : items);

export function makeGroups(atlas: Atlas, clusters: Clusters | null, members: () => Int32Array[], coordsOf: (spec: PlaneSpec) => Float32Array): ItemsOf {
  const cache = new Map<string, Int32Array>();

  function kept(key: string, make: () => Int32Array): Int32Array {
    const items = cache.get(key) ?? make();
    cache.delete(key);
    cache.set(key, items); // the newest last
    if (cache.size > KEPT) cache.delete(cache.keys().next().value!);
    return items;
  }

  const itemsOf: ItemsOf = (group, other = null) => {
    if (group.kind === "cluster") return clusters?.members(group.scale, group.k) ?? null;
    if (group.kind === "class") return members()[group.k] ?? null;
    if (group.kind === "lasso") return kept(groupKey(group), () => select(coordsOf(group.plane), group.line));
    const left = other && other.kind !== "others" ? itemsOf(other) : null;
    if (!other || !left) return null;
    return kept(`all but ${groupKey(other)}`, () => {
      const out = new Uint8Array(atlas.count);
      for (const i of left) out[i] = 1;
      return Int32Array.from({ length: atlas.count }, (_, i) => i).filter((i) => out[i] === 0);
    });
  };
  return itemsOf;
}
