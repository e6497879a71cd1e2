/** Search of the nearest point, with points sorted into the cells of a grid. */
import type { Bounds } from "./density.ts";

export interface GridIndex {
  /** Index of the point nearest to (x, y) within `reach`, or −1. Distances in y are multiplied by `squeeze`. Only points whose `mask` is 1 count. */
  near(x: number, y: number, reach: number, squeeze?: number, mask?: Uint8Array | null): number;
}

export function gridIndex(coords: Float32Array, { left, right, low, high }: Bounds): GridIndex {
  const count = coords.length / 2;
  const side = Math.max(1, Math.min(512, Math.round(Math.sqrt(count / 4))));
  const column = (x: number): number => Math.max(0, Math.min(side - 1, Math.floor(((x - left) / (right - left)) * side)));
  const row = (y: number): number => Math.max(0, Math.min(side - 1, Math.floor(((y - low) / (high - low)) * side)));
  const starts = new Int32Array(side * side + 1);
  const cells = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const cell = row(coords[2 * i + 1]!) * side + column(coords[2 * i]!);
    cells[i] = cell;
    starts[cell + 1]!++;
  }
  for (let cell = 0; cell < side * side; cell++) starts[cell + 1]! += starts[cell]!;
  const next = starts.slice();
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[next[cells[i]!]!++] = i;

  return {
    near(x, y, reach, squeeze = 1, mask = null) {
      let [best, square] = [-1, reach * reach];
      for (let r = row(y - reach / squeeze); r <= row(y + reach / squeeze); r++) {
        for (let at = starts[r * side + column(x - reach)]!, end = starts[r * side + column(x + reach) + 1]!; at < end; at++) {
          const i = order[at]!;
          if (mask && mask[i] === 0) continue;
          const d = (coords[2 * i]! - x) ** 2 + ((coords[2 * i + 1]! - y) * squeeze) ** 2;
          if (d <= square) [best, square] = [i, d];
        }
      }
      return best;
    },
  };
}
