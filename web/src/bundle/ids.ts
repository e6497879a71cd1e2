/** What items are called, here and in every other output of zukan: by file name or, without names, by row number in the source. */
import type { Files } from "./files.ts";
import { BundleError } from "./manifest.ts";

export interface Ids {
  /** Whether items have names. */
  named: boolean;
  /** What an item is called: its name or its row number, as text. */
  of(item: number): string;
  /** The row number of an item in the source, counted from 0. Links contain it. */
  row(item: number): number;
  /** The item of a row of the source, or null. */
  at(row: number): number | null;
  /** The item with this name or else this row number, or null. */
  find(text: string): number | null;
  /** The item of the next row of the source (`step` 1) or of the one before (−1); after the last row comes the first. `item` null starts at the first row. */
  beside(item: number | null, step: 1 | -1): number;
}

/** All searches go through the arrays, which takes about a millisecond for a million items and needs no index in memory. */
export function idsOf(rows: Int32Array, names: string[] | null): Ids {
  const found = (item: number): number | null => (item < 0 ? null : item);
  const at = (row: number): number | null => found(rows.indexOf(row));
  /** The item of the lowest row above `bound` times `sign`, where `sign` −1 reverses the order of rows; −1 if there is none. */
  function next(sign: 1 | -1, bound: number): number {
    let best = -1;
    for (let i = 0; i < rows.length; i++) {
      if (sign * rows[i]! > bound && (best < 0 || sign * rows[i]! < sign * rows[best]!)) best = i;
    }
    return best;
  }
  return {
    named: names !== null,
    of: (item) => names?.[item] ?? String(rows[item]),
    row: (item) => rows[item]!,
    at,
    find: (text) => found(names?.indexOf(text) ?? -1) ?? (/^\d+$/.test(text) ? at(Number(text)) : null),
    beside(item, step) {
      const beyond = item === null ? -1 : next(step, step * rows[item]!);
      return beyond < 0 ? next(item === null ? 1 : step, -Infinity) : beyond;
    },
  };
}

/** Read the names of `count` items. */
export async function readNames(files: Files, count: number): Promise<string[]> {
  const path = "data/names.json";
  let names: unknown;
  try {
    names = JSON.parse(new TextDecoder().decode(await files.read(path)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new BundleError(`${path} is not valid JSON (${error.message}); export the run again`);
  }
  if (!Array.isArray(names) || names.length !== count || names.some((name) => typeof name !== "string")) {
    throw new BundleError(`${path} must list ${count} names, got ${Array.isArray(names) ? `${names.length} entries` : typeof names}; export the run again`);
  }
  return names as string[];
}
