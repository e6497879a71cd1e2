/** A round, soft brush that draws on the values of an item. */
import type { Levels } from "../bundle/levels.ts";

/** `colour` has a byte for each channel; null marks pixels as missing. */
export interface Brush { radius: number; colour: number[] | null }
/** `ground` is the byte of the background, which shows through a soft edge where a value was missing. */
export interface Pad { values: Uint8Array; width: number; height: number; channels: number; ground: number; levels: Levels }

/** Draw from (x0, y0) to (x1, y1), in pixels of the item. Modifies `values`. */
export function strokeOn({ values, width, height, channels, ground, levels: { missing } }: Pad, { radius, colour }: Brush, x0: number, y0: number, x1: number, y1: number): void {
  const reach = radius + 1;
  const length2 = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  for (let y = Math.max(0, Math.floor(Math.min(y0, y1) - reach)); y <= Math.min(height - 1, Math.ceil(Math.max(y0, y1) + reach)); y++) {
    for (let x = Math.max(0, Math.floor(Math.min(x0, x1) - reach)); x <= Math.min(width - 1, Math.ceil(Math.max(x0, x1) + reach)); x++) {
      const [px, py] = [x + 0.5, y + 0.5];
      const t = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((px - x0) * (x1 - x0) + (py - y0) * (y1 - y0)) / length2));
      const distance = Math.hypot(px - x0 - t * (x1 - x0), py - y0 - t * (y1 - y0));
      const cover = Math.min(1, Math.max(0, radius + 0.5 - distance));
      if (cover === 0) continue;
      for (let c = 0; c < channels; c++) {
        const at = (y * width + x) * channels + c;
        if (!colour) {
          if (cover >= 0.5 && missing !== null) values[at] = missing;
          continue;
        }
        const old = values[at] === missing ? ground : values[at]!;
        const moved = old + cover * (colour[c]! - old);
        // A second stroke over a soft edge must not make an earlier stroke lighter.
        values[at] = Math.round(colour[c]! >= old ? Math.max(old, moved) : Math.min(old, moved));
      }
    }
  }
}
