/** Which cells of the decoded manifold a view needs. Level L has cells 2^−L wide; 8 × 8 of them make a tile. */
import type { Bounds } from "../math/density.ts";
import { type View, toWorld } from "./camera.ts";

export const SIDE = 8;
export interface Tile { level: number; column: number; row: number }
/** A tile's size in the world: cells are as tall for their width as the images are. */
export interface Lattice { aspect: number; strip: boolean }

export const keyOf = ({ level, column, row }: Tile): string => `${level}/${column}/${row}`;

/** The level whose cells are at least `pixels` wide on the screen, and less than twice that. */
export function levelOf(view: View, pixels: number): number {
  return Math.floor(Math.log2(view.kx / pixels));
}

export function cellSize(level: number, { aspect }: Lattice): [number, number] {
  return [2 ** -level, 2 ** -level * aspect];
}

/** The tiles of a level that the view shows and that lie within `bounds`, those nearest to its middle first. */
export function visible(view: View, level: number, lattice: Lattice, bounds: Bounds): Tile[] {
  const [left, top] = toWorld(view, 0, 0);
  const [right, bottom] = toWorld(view, view.width, view.height);
  const [w, h] = cellSize(level, lattice).map((size) => size * SIDE) as [number, number];
  const rows = lattice.strip ? [0, 0] : [Math.floor(Math.max(bottom, bounds.low) / h), Math.floor(Math.min(top, bounds.high) / h)];
  const found: Tile[] = [];
  for (let row = rows[0]!; row <= rows[1]!; row++) {
    for (let column = Math.floor(Math.max(left, bounds.left) / w); column <= Math.floor(Math.min(right, bounds.right) / w); column++) {
      found.push({ level, column, row });
    }
  }
  const [x, y] = [(left + right) / 2 / w - 0.5, (top + bottom) / 2 / h - 0.5];
  const far = (tile: Tile): number => (tile.column - x) ** 2 + (lattice.strip ? 0 : (tile.row - y) ** 2);
  return found.sort((a, b) => far(a) - far(b));
}

/** World centres of a tile's cells in reading order (the top row first); a strip's tile is one row. */
export function cells(tile: Tile, lattice: Lattice): [number, number][] {
  const [w, h] = cellSize(tile.level, lattice);
  const rows = lattice.strip ? 1 : SIDE;
  return Array.from({ length: SIDE * rows }, (_, k) => [
    (tile.column * SIDE + (k % SIDE) + 0.5) * w,
    lattice.strip ? 0 : (tile.row * SIDE + (SIDE - 1 - Math.floor(k / SIDE)) + 0.5) * h,
  ]);
}
