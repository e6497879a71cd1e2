/** The bytes of stored items and their values. If values may be missing, a byte of its own stands for a missing one, which is NaN in memory. */
import type { Manifest } from "./manifest.ts";

export interface Levels {
  /** The byte of the upper end of the range; 0 is the lower end. */
  top: number;
  /** The byte of a missing value; null if no value may be missing. */
  missing: number | null;
}

export const COMPLETE: Levels = { top: 255, missing: null };

export function levelsOf({ missing }: Pick<Manifest, "missing">): Levels {
  return missing ? { top: 254, missing: 255 } : COMPLETE;
}

/** Scale bytes to 0…1. */
export function unitOf(bytes: ArrayLike<number>, { top, missing }: Levels): Float32Array {
  return Float32Array.from(bytes, (byte) => (byte === missing ? NaN : byte / top));
}

/** The nearest byte to a value in 0…1, which is not missing. */
export const byteOf = (unit: number, { top }: Levels): number => Math.round(top * Math.min(1, Math.max(0, unit)));

/** The number of missing values. */
export function countMissing(values: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) count += Number(Number.isNaN(values[i]));
  return count;
}
