/** Where the names of groups stand: the place of the highest density of each, in one pass over all points. */
import type { Bounds } from "./density.ts";
import type { Point } from "./lasso.ts";

const SIZE = 48; // cells along each side

/** The place of each of `count` groups; null if no point of it is inside the bounds. */
export function peaks(coords: Float32Array, { left, right, low, high }: Bounds, assigned: ArrayLike<number>, count: number): (Point | null)[] {
  const cells = SIZE * SIZE;
  const counts = new Uint32Array(count * cells);
  for (let i = 0; i < assigned.length; i++) {
    const column = Math.floor(((coords[2 * i]! - left) / (right - left)) * SIZE);
    const row = Math.floor(((coords[2 * i + 1]! - low) / (high - low)) * SIZE);
    if (assigned[i]! < count && column >= 0 && row >= 0 && column < SIZE && row < SIZE) counts[assigned[i]! * cells + row * SIZE + column]!++;
  }
  return Array.from({ length: count }, (_, group): Point | null => {
    let [best, most] = [-1, 0];
    for (let row = 0; row < SIZE; row++) {
      for (let column = 0; column < SIZE; column++) {
        let sum = 0; // of a cell, counted twice, and its eight neighbors
        for (let y = Math.max(0, row - 1); y <= Math.min(SIZE - 1, row + 1); y++) {
          for (let x = Math.max(0, column - 1); x <= Math.min(SIZE - 1, column + 1); x++) sum += counts[group * cells + y * SIZE + x]!;
        }
        sum += counts[group * cells + row * SIZE + column]!;
        if (sum > most) [best, most] = [row * SIZE + column, sum];
      }
    }
    if (best < 0) return null;
    return [left + ((best % SIZE) + 0.5) * ((right - left) / SIZE), low + (Math.floor(best / SIZE) + 0.5) * ((high - low) / SIZE)];
  });
}
