/**
 * Points sorted into the cells of a grid: what lies in a rectangle is a few runs of memory, and the first part of a cell is a random
 * sample of it, so that a part of all points can stand for all.
 */
import type { Bounds } from "./density.ts";

export interface GridIndex {
  /** Indices of the points, cell by cell, in random order within a cell. */
  order: Int32Array;
  /** x0, y0, x1, y1 … in that order. */
  coords: Float32Array;
  /** Where each cell starts in `order`, row by row from the lowest, and the end. */
  starts: Int32Array;
  /** Cells in a row, and rows. */
  side: number;
  /** The column of x and the row of y, of points outside the grid the nearest. */
  column(x: number): number;
  row(y: number): number;
  /** Index of the point nearest to (x, y) within `reach`, or −1. Distances in y are multiplied by `squeeze`. Only points whose `mask` is 1 count. */
  near(x: number, y: number, reach: number, squeeze?: number, mask?: Uint8Array | null): number;
}

const PER_CELL = 16;
const MAX_SIDE = 256;

export function gridIndex(coords: Float32Array, { left, right, low, high }: Bounds): GridIndex {
  const count = coords.length / 2;
  const side = Math.max(1, Math.min(MAX_SIDE, Math.round(Math.sqrt(count / PER_CELL))));
  const column = (x: number): number => Math.max(0, Math.min(side - 1, Math.floor(((x - left) / (right - left)) * side)));
  const row = (y: number): number => Math.max(0, Math.min(side - 1, Math.floor(((y - low) / (high - low)) * side)));
  const starts = new Int32Array(side * side + 1);
  const cells = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    const cell = row(coords[2 * i + 1]!) * side + column(coords[2 * i]!) || 0; // also of points that have no position
    cells[i] = cell;
    starts[cell + 1]!++;
  }
  for (let cell = 0; cell < side * side; cell++) starts[cell + 1]! += starts[cell]!;
  const next = starts.slice();
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[next[cells[i]!]!++] = i;
  shuffleCells(order, starts);
  const sorted = new Float32Array(2 * count);
  for (let k = 0; k < count; k++) {
    sorted[2 * k] = coords[2 * order[k]!]!;
    sorted[2 * k + 1] = coords[2 * order[k]! + 1]!;
  }

  return {
    order, coords: sorted, starts, side, column, row,
    near(x, y, reach, squeeze = 1, mask = null) {
      let [best, square] = [-1, reach * reach];
      for (let r = row(y - reach / squeeze); r <= row(y + reach / squeeze); r++) {
        for (let k = starts[r * side + column(x - reach)]!, end = starts[r * side + column(x + reach) + 1]!; k < end; k++) {
          if (mask && mask[order[k]!] === 0) continue;
          const d = (sorted[2 * k]! - x) ** 2 + ((sorted[2 * k + 1]! - y) * squeeze) ** 2;
          if (d <= square) [best, square] = [order[k]!, d];
        }
      }
      return best;
    },
  };
}

/** Shuffle each cell (Fisher–Yates, xorshift32), always in the same way. */
function shuffleCells(order: Int32Array, starts: Int32Array): void {
  let state = 0x9e3779b9;
  for (let cell = 0; cell + 1 < starts.length; cell++) {
    const first = starts[cell]!;
    for (let k = starts[cell + 1]! - 1; k > first; k--) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const other = first + ((state >>> 0) % (k - first + 1));
      const value = order[k]!;
      order[k] = order[other]!;
      order[other] = value;
    }
  }
}

/** Index of the point nearest to (x, y), at any distance. */
export function nearestOf(index: GridIndex, x: number, y: number, { left, right }: Bounds): number {
  for (let reach = (right - left) / index.side; reach < Infinity; reach *= 2) {
    const found = index.near(x, y, reach);
    if (found >= 0) return found;
  }
  return 0;
}
