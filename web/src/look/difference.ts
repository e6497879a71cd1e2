/** Draws the difference of two items: more in the first one in red, more in the second one in blue. */
import type { Rgb } from "./colour.ts";
import { isImage } from "./painter.ts";
import type { Look } from "./theme.ts";

/** The color of the second of two groups: of links in the style sheet; the first has the color of the seal. */
export const second = ({ dark }: Look): Rgb => (dark ? [143, 185, 222] : [43, 92, 138]);

/** The difference of each place, averaged over channels, in −1…1. */
export function differenceOf(a: ArrayLike<number>, b: ArrayLike<number>, shape: number[]): Float32Array {
  const channels = isImage(shape) ? shape[2]! : 1;
  return Float32Array.from({ length: a.length / channels }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += a[i * channels + c]! - b[i * channels + c]!;
    return sum / channels;
  });
}

/** An image of differences; the largest one has the full color. */
export function paintDifference(values: Float32Array, width: number, height: number, look: Look): ImageData {
  const image = new ImageData(width, height);
  const most = values.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-6);
  const less = second(look);
  values.forEach((value, i) => image.data.set([...(value > 0 ? look.seal : less), 255 * (Math.abs(value) / most)], 4 * i));
  return image;
}
