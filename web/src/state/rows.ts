/** Rows of the source as items and back: what Python and the other one of two maps call an item. */
import type { Atlas } from "../bundle/atlas.ts";
import { selecting } from "./selecting.ts";
import type { State } from "./state.ts";

/** Returns the item of a row, or -1. */
export type ItemOf = (row: number) => number;

export function itemsByRow({ ids, count }: Pick<Atlas, "ids" | "count">): ItemOf {
  const items = new Map(Array.from({ length: count }, (_, item) => [ids.row(item), item]));
  return (row) => items.get(row) ?? -1;
}

/** The items of some rows, ascending, without those that are not there. */
export function itemsOf(rows: ArrayLike<number>, itemOf: ItemOf): Int32Array {
  return Int32Array.from(rows, itemOf).filter((item) => item >= 0).sort();
}

/** The change of state that selects these items and shows them. */
export const pick = (state: State, items: Int32Array): Partial<State> =>
  ({ ...selecting(state, { picked: items }), ...(items.length ? { panel: "select", pen: true, playing: false } : {}) });
