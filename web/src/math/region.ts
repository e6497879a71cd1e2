/** The smallest region that contains a share of some points, and the place of highest density. */
import { contours } from "d3-contour";
import { type Bounds, type Grid, density, levelHolding } from "./density.ts";
import type { Point } from "./lasso.ts";

const SIZE = 96;

export function classGrid(coords: Float32Array, bounds: Bounds, members: Int32Array): Grid {
  return density(coords, bounds, SIZE, 1, members);
}

/** Outlines (outer and inner rings) of the smallest region that contains `share` of the points. */
export function region(grid: Grid, share: number): Point[][] {
  const { bounds, columns, rows } = grid;
  const level = levelHolding(grid.values, share);
  const [shape] = contours().size([columns, rows]).thresholds([level])(Array.from(grid.values));
  const across = (bounds.right - bounds.left) / columns;
  const up = (bounds.high - bounds.low) / rows;
  return shape!.coordinates.flat().map((ring) => ring.map(([x, y]): Point => [bounds.left + x! * across, bounds.low + y! * up]));
}

/** Position of the cell with the highest density. */
export function peak({ values, columns, rows, bounds }: Grid): Point {
  let best = 0;
  for (let cell = 1; cell < values.length; cell++) if (values[cell]! > values[best]!) best = cell;
  const [column, row] = [best % columns, Math.floor(best / columns)];
  return [bounds.left + ((column + 0.5) / columns) * (bounds.right - bounds.left), bounds.low + ((row + 0.5) / rows) * (bounds.high - bounds.low)];
}
