/** The columns of a table, and the conversion of their values as in Python: what the model sees, units of the table, positions. */
import { BundleError } from "./errors.ts";

export const KINDS = ["number", "count", "boolean", "category", "date"] as const;
/** Suffixes of files of cells; the largest whole number, or NaN, is a missing cell. */
export const CELL_TYPES = ["u8", "u16", "f32", "f64"] as const;

/** A map from values to normal scores: values, scores, the lowest and the highest scores of each value, slope outside. */
export type Quantiles = [number[], number[], number[], number[], number];
export interface Column {
  name: string;
  /** "text" is free text, which only an extra column may hold. */
  kind: (typeof KINDS)[number] | "text";
  /** The levels of a category; its cells are their places. */
  levels: string[];
  /** Digits after the decimal point; null for all. */
  decimals: number | null;
  /** The range of the training rows; null if it is not known. */
  low: number | null;
  high: number | null;
  /** What the cells are in the table: of a date, "text", "date" or "timestamp". */
  stored: string;
  /** How a date is written: as for strftime or, of a timestamp, its unit and time zone. */
  form: string;
  /** The model sees (value − offset) / factor, or normal scores. */
  offset: number;
  factor: number;
  quantiles: Quantiles | null;
  /** "json" is the list of free texts. */
  cells: (typeof CELL_TYPES)[number] | "json";
}

/** Check the columns of atlas.json, one for each of the `size` values of an item. */
export function checkColumns(columns: unknown, size: number): void {
  const wrong = (rule: string, got: unknown): never => {
    throw new BundleError(`atlas.json: table.columns${rule}, got ${JSON.stringify(got)}; export the run again`);
  };
  if (!Array.isArray(columns) || columns.length !== size) return wrong(` must have ${size} entries`, Array.isArray(columns) ? columns.length : columns);
  (columns as Column[]).forEach(({ name, kind, levels, factor, quantiles, cells }, k) => {
    if (typeof name !== "string") wrong(`[${k}].name must be a text`, name);
    if (!KINDS.includes(kind as (typeof KINDS)[number])) wrong(`[${k}].kind must be one of ${KINDS.join(", ")}`, kind);
    if (!CELL_TYPES.includes(cells as (typeof CELL_TYPES)[number])) wrong(`[${k}].cells must be one of ${CELL_TYPES.join(", ")}`, cells);
    if (!(factor > 0)) wrong(`[${k}].factor must be above 0`, factor);
    if (!Array.isArray(levels) || (kind === "category" && levels.length === 0)) wrong(`[${k}].levels must list the levels of a category`, levels);
    if (quantiles && !(quantiles.length === 5 && quantiles.slice(0, 4).every((part) => (part as number[]).length === quantiles[0].length && quantiles[0].length > 1))) wrong(`[${k}].quantiles must be four lists of one length and a slope`, quantiles.length);
  });
}

/** The nearest whole number, the even one of two, as in NumPy. */
export function rint(value: number): number {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

export function rounded(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return rint(value * scale) / scale;
}

const clip = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Interpolate between increasing `x`, some of which may be equal; constant outside. */
function interpolate(at: number, x: ArrayLike<number>, y: (k: number) => number): number {
  let [low, high] = [0, x.length - 1];
  if (at >= x[high]!) return y(high);
  if (!(at > x[low]!)) return y(low);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle;
    else high = middle;
  }
  return y(low) + ((at - x[low]!) / (x[high]! - x[low]!)) * (y(high) - y(low));
}

/** Return what the model sees in the units of the table; NaN stays NaN. */
export function unscale({ quantiles, offset, factor }: Column, value: number): number {
  if (!quantiles) return value * factor + offset;
  if (Number.isNaN(value)) return NaN;
  const [values, , lows, highs, slope] = quantiles;
  const knots = knotsOf(lows, highs);
  const outside = value - clip(value, knots[0]!, knots[knots.length - 1]!);
  return interpolate(value, knots, (k) => values[k >> 1]!) + outside / slope;
}

/** Return a value in the units of the table as the model sees it; NaN stays NaN. */
export function scale({ quantiles, offset, factor }: Column, value: number): number {
  if (!quantiles) return (value - offset) / factor;
  if (Number.isNaN(value)) return NaN;
  const [values, scores, , , slope] = quantiles;
  return interpolate(value, values, (k) => scores[k]!) + (value - clip(value, values[0]!, values[values.length - 1]!)) * slope;
}

const cached = new WeakMap<number[], Float64Array>();
/** The lowest and the highest score of each value, one after the other. */
function knotsOf(lows: number[], highs: number[]): Float64Array {
  const known = cached.get(lows);
  if (known) return known;
  const knots = Float64Array.from({ length: 2 * lows.length }, (_, k) => (k % 2 ? highs : lows)[k >> 1]!);
  cached.set(lows, knots);
  return knots;
}

/** Return the value that the column can hold: within its range, with its precision; NaN stays NaN. */
export function tidy({ kind, levels, low, high, decimals }: Column, value: number): number {
  if (Number.isNaN(value)) return NaN;
  if (kind === "category") return clip(rint(value), 0, levels.length - 1);
  const inside = clip(value, low ?? -Infinity, high ?? Infinity);
  if (kind === "boolean") return Number(inside >= 0.5);
  const digits = kind === "count" ? 0 : decimals;
  return digits === null ? inside : rounded(inside, digits);
}

/** The values at the two ends of a column's bar or scale. */
export function rangeOf({ kind, levels, low, high }: Column): [number, number] {
  if (kind === "boolean") return [0, 1];
  if (kind === "category") return [0, Math.max(1, levels.length - 1)];
  const [from, to] = [low ?? 0, high ?? 1];
  return [from, to > from ? to : from + 1];
}

/** The position of a value, in the units of the table, between the ends of `rangeOf`: 0…1, or outside. */
export function positionOf(column: Column, value: number): number {
  const [low, high] = rangeOf(column);
  return (value - low) / (high - low);
}

/** The value at a position. */
export function valueAt(column: Column, position: number): number {
  const [low, high] = rangeOf(column);
  return low + position * (high - low);
}
