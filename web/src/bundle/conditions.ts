/** The condition of the networks: a row of numbers, either a setting of the manifest or the row of an item. */
import type { Manifest } from "./manifest.ts";

/** The input `condition` of one code or item; null if the model has none. */
export type Row = Float32Array | null;
export interface Conditions {
  /** The names of the settings; empty if the model has no condition. */
  names: string[];
  /** The row of setting `k`. */
  setting(k: number | null): Row;
  /** The row of an item. */
  ofItem(item: number): Promise<Row>;
  /** The row of class `c`: its setting if the condition is the class, otherwise setting `k`. */
  ofClass(c: number, k: number | null): Row;
}

/** `readRows` reads the rows of all items, which is needed only if the condition is not the class. */
export function conditionsOf({ condition }: Pick<Manifest, "condition">, labels: Int32Array | null, readRows: () => Promise<Float32Array>): Conditions {
  if (!condition) return { names: [], setting: () => null, ofItem: async () => null, ofClass: () => null };
  const { width, settings, items } = condition;
  let rows: Promise<Float32Array> | null = null;
  function setting(k: number | null): Float32Array {
    const chosen = k === null ? undefined : settings[k];
    if (!chosen) throw new Error(`setting ${k} is not one of the ${settings.length} settings of the model's condition; export the run again`);
    const row = new Float32Array(width);
    for (const [place, value] of chosen.row) row[place] = value;
    return row;
  }
  return {
    names: settings.map(({ name }) => name),
    setting,
    ofItem: async (item) => (items === "labels" ? setting(labels?.[item] ?? null) : (await (rows ??= readRows())).subarray(item * width, (item + 1) * width)),
    ofClass: (c, k) => setting(items === "labels" ? c : k),
  };
}
