/** The bar of a histogram, or the level, in which each item is: computed once for a column. */
import type { Column } from "../bundle/columns.ts";
import type { Cells } from "../bundle/table.ts";
import { quantile } from "../math/stats.ts";

const BARS = 32;
const SAMPLE = 20_000; // cells from which the ends of a histogram are taken
const FAR = 4; // a column that is so many times as wide as its middle 98 % shows only these; all else is in the outer bars

export interface Bins {
  /** The bar of each item; the last one holds missing cells. */
  of: Uint16Array;
  /** How many bars there are, with the one of missing cells. */
  count: number;
  /** The ends of a histogram; null for levels. */
  ends: [number, number] | null;
  /** How many items are in each bar, of all items. */
  all: Uint32Array;
}

export const isLevelled = ({ kind }: Pick<Column, "kind">): boolean => kind === "category" || kind === "boolean";

/** The ends of a column's histogram. */
export function endsOf(cells: Cells): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of cells) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high > low)) return low === Infinity ? [0, 1] : [low, low + 1];
  const step = Math.max(1, Math.floor(cells.length / SAMPLE));
  const sample = Float64Array.from({ length: Math.floor(cells.length / step) }, (_, k) => cells[k * step]!).filter((value) => !Number.isNaN(value)).sort();
  if (sample.length === 0) return [low, high];
  const [from, to] = [quantile(sample, 0.01), quantile(sample, 0.99)];
  return to > from && high - low > FAR * (to - from) ? [from, to] : [low, high];
}

/** An end of a range that was pointed at, rounded to about a thousandth of the `width` of the plot. */
export function roundedEnd(value: number, width: number): number {
  const step = 10 ** Math.floor(Math.log10(width / 1000));
  return Number.isFinite(value) ? Number((Math.round(value / step) * step).toPrecision(12)) : value;
}

export function binsOf(column: Pick<Column, "kind" | "levels">, cells: Cells): Bins {
  const of = new Uint16Array(cells.length);
  const levels = isLevelled(column) ? (column.kind === "boolean" ? 2 : column.levels.length) : 0;
  const ends = levels ? null : endsOf(cells);
  const count = (levels || BARS) + 1;
  const scale = ends ? BARS / (ends[1] - ends[0]) : 0;
  for (let i = 0; i < of.length; i++) {
    const value = cells[i]!;
    if (Number.isNaN(value)) of[i] = count - 1;
    else of[i] = ends ? Math.max(0, Math.min(BARS - 1, Math.floor((value - ends[0]) * scale))) : value;
  }
  return { of, count, ends, all: countBars(of, count, null, null) };
}

/** 1 for zero and 0 for other bytes, without a branch, which is several times as fast. */
export const isZero = (byte: number): number => (byte - 1) >>> 31;

/** Count the items in each bar that fail no filter, or only the one whose failures are `except`. */
export function countBars(of: Uint16Array, count: number, fails: Uint8Array | null, except: Uint8Array | null): Uint32Array {
  const bars = new Uint32Array(count);
  if (!fails) for (let i = 0; i < of.length; i++) bars[of[i]!]! += 1;
  else if (!except) for (let i = 0; i < of.length; i++) bars[of[i]!]! += isZero(fails[i]!);
  else for (let i = 0; i < of.length; i++) bars[of[i]!]! += isZero(fails[i]! ^ except[i]!);
  return bars;
}
