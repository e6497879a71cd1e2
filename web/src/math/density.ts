/** Density of points: a blurred histogram on a grid. */

import { sortedSample } from "./stats.ts";

export interface Bounds { left: number; right: number; low: number; high: number }
export interface Grid { values: Float32Array; columns: number; rows: number; bounds: Bounds }

/** Bounds of all points except a few outliers, with a margin. */
export function boundsOf(coords: Float32Array, margin = 0.06, outliers = 0.0005): Bounds {
  const side = (offset: 0 | 1): [number, number] => {
    const values = sortedSample(coords, (i) => coords[2 * i + offset]!, coords.length / 2);
    const cut = Math.floor(outliers * values.length);
    const [min, max] = [values[cut]!, values[values.length - 1 - cut]!];
    const pad = Math.max(margin * (max - min), 1e-3);
    return [min - pad, max + pad];
  };
  const [[left, right], [low, high]] = [side(0), side(1)];
  return { left, right, low, high };
}

/** Counts of points on `size` × `size` cells, blurred by three box filters of `radius`; of all points, or of the `chosen` ones. */
export function density(coords: Float32Array, bounds: Bounds, size: number, radius: number, chosen?: Int32Array): Grid {
  let values: Float32Array = new Float32Array(size * size);
  for (let k = 0, count = chosen ? chosen.length : coords.length / 2; k < count; k++) {
    const i = chosen ? chosen[k]! : k;
    const cell = cellOf(bounds, size, coords[2 * i]!, coords[2 * i + 1]!);
    if (cell >= 0) values[cell]! += 1;
  }
  for (let pass = 0; pass < 3; pass++) values = transpose(boxRows(transpose(boxRows(values, size, radius), size), size, radius), size);
  return { values, columns: size, rows: size, bounds };
}

function cellOf({ left, right, low, high }: Bounds, size: number, x: number, y: number): number {
  const column = Math.floor(((x - left) / (right - left)) * size);
  const row = Math.floor(((y - low) / (high - low)) * size);
  return column < 0 || row < 0 || column >= size || row >= size ? -1 : row * size + column;
}

function boxRows(from: Float32Array, size: number, radius: number): Float32Array {
  const to = new Float32Array(from.length);
  for (let row = 0; row < size; row++) {
    let sum = 0;
    for (let k = -radius; k < size + radius; k++) {
      if (k + radius < size) sum += from[row * size + k + radius] ?? 0;
      if (k - radius - 1 >= 0) sum -= from[row * size + k - radius - 1]!;
      if (k >= 0 && k < size) to[row * size + k] = sum / (2 * radius + 1);
    }
  }
  return to;
}

function transpose(from: Float32Array, size: number): Float32Array {
  const to = new Float32Array(from.length);
  for (let row = 0; row < size; row++) for (let column = 0; column < size; column++) to[column * size + row] = from[row * size + column]!;
  return to;
}

/** The value of the grid at each point. */
export function valuesAt(grid: Grid, coords: Float32Array): Float32Array {
  const values = new Float32Array(coords.length / 2);
  for (let i = 0; i < values.length; i++) {
    const cell = cellOf(grid.bounds, grid.columns, coords[2 * i]!, coords[2 * i + 1]!);
    if (cell >= 0) values[i] = grid.values[cell]!;
  }
  return values;
}

/** The level whose region, all cells at or above it, is the smallest that contains `share` of the total. */
export function levelHolding(values: Float32Array, share: number): number {
  const sorted = Float32Array.from(values).sort().reverse();
  const total = sorted.reduce((sum, value) => sum + value, 0);
  let sum = 0;
  for (const value of sorted) {
    sum += value;
    if (sum >= share * total) return value;
  }
  return 0;
}
