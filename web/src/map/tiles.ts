/** The tiles of decoded images that a view needs. A cell of level L is 2^−L wide; a tile has 8 × 8 cells. */
import type { Bounds } from "../math/density.ts";
import { type View, toWorld } from "./camera.ts";

export const SIDE = 8;
export interface Tile { level: number; column: number; row: number }
/** The aspect ratio of the cells, which equals the aspect ratio of an image, and whether a tile is a single row. */
export interface Lattice { aspect: number; strip: boolean }

export const keyOf = ({ level, column, row }: Tile): string => `${level}/${column}/${row}`;

/** The level whose cells are at least `pixels` wide on the screen, and less than twice as wide. */
export function levelOf(view: View, pixels: number): number {
  return Math.floor(Math.log2(view.kx / pixels));
}

export function cellSize(level: number, { aspect }: Lattice): [number, number] {
  return [2 ** -level, 2 ** -level * aspect];
}

/** The tiles of a level that are visible and within `bounds`, the nearest to the middle of the view first. */
export function visible(view: View, level: number, lattice: Lattice, bounds: Bounds): Tile[] {
  const [left, top] = toWorld(view, 0, 0);
  const [right, bottom] = toWorld(view, view.width, view.height);
  const [w, h] = cellSize(level, lattice).map((size) => size * SIDE) as [number, number];
  const rows = lattice.strip ? [0, 0] : [Math.floor(Math.max(bottom, bounds.low) / h), Math.floor(Math.min(top, bounds.high) / h)];
  const tiles: Tile[] = [];
  for (let row = rows[0]!; row <= rows[1]!; row++) {
    for (let column = Math.floor(Math.max(left, bounds.left) / w); column <= Math.floor(Math.min(right, bounds.right) / w); column++) {
      tiles.push({ level, column, row });
    }
  }
  const [x, y] = [(left + right) / 2 / w - 0.5, (top + bottom) / 2 / h - 0.5];
  const distance = (tile: Tile): number => (tile.column - x) ** 2 + (lattice.strip ? 0 : (tile.row - y) ** 2);
  return tiles.sort((a, b) => distance(a) - distance(b));
}

/** The centers of a tile's cells on the plane, the top row first. */
export function cells(tile: Tile, lattice: Lattice): [number, number][] {
  const [w, h] = cellSize(tile.level, lattice);
  const rows = lattice.strip ? 1 : SIDE;
  return Array.from({ length: SIDE * rows }, (_, k) => [
    (tile.column * SIDE + (k % SIDE) + 0.5) * w,
    lattice.strip ? 0 : (tile.row * SIDE + (SIDE - 1 - Math.floor(k / SIDE)) + 0.5) * h,
  ]);
}
