/** Draws the values of an item (0…1) as pixels: images with 1, 3 or 4 channels directly, everything else as bars. */
import type { Rgb } from "./colour.ts";

/**
 * How one-channel images are drawn. `ink`: bright values in the color of the text, dark values transparent; `ink-inverted`: the
 * reverse; `plain`: from black to white.
 */
export type Print = "ink" | "ink-inverted" | "plain";
export interface Painter {
  width: number;
  height: number;
  channels: number;
  print: Print;
  /** True for images, which can be drawn by hand or read from a file. */
  image: boolean;
  /** Draw the item that starts at `offset` of `values`. */
  paint(values: ArrayLike<number>, offset: number, ink: Rgb): ImageData;
}

const MAX_BARS = 192;
const BAR = 8; // pixels

export function isImage(shape: number[]): boolean {
  return shape.length === 3 && [1, 3, 4].includes(shape[2]!);
}

/** Choose the style from the values at the edges of sample images: images with dark or bright edges are drawn in ink. */
export function choosePrint(shape: number[], samples: ArrayLike<number>[]): Print {
  if (!isImage(shape) || shape[2] !== 1 || samples.length === 0) return "plain";
  const [height, width] = shape as [number, number];
  let [sum, count] = [0, 0];
  for (const values of samples) {
    for (let i = 0; i < height * width; i++) {
      const [row, column] = [Math.floor(i / width), i % width];
      if (row > 0 && column > 0 && row < height - 1 && column < width - 1) continue;
      sum += values[i]!;
      count++;
    }
  }
  const edge = sum / Math.max(1, count);
  return edge < 0.2 ? "ink" : edge > 0.85 ? "ink-inverted" : "plain";
}

/** `zero` is the position of the data's value 0 in 0…1, where bars start. */
export function makePainter(shape: number[], print: Print, zero: number): Painter {
  return isImage(shape) ? images(shape as [number, number, number], print) : bars(shape.reduce((a, b) => a * b, 1), zero);
}

function images([height, width, channels]: [number, number, number], print: Print): Painter {
  return {
    width, height, channels, print, image: true,
    paint(values, offset, [red, green, blue]) {
      const image = new ImageData(width, height);
      const out = image.data;
      for (let i = 0, p = 0, v = offset; i < width * height; i++, p += 4, v += channels) {
        if (channels === 1) {
          const value = 255 * values[v]!; // the array rounds and clamps
          if (print === "plain") out[p] = out[p + 1] = out[p + 2] = value;
          else [out[p], out[p + 1], out[p + 2]] = [red, green, blue];
          out[p + 3] = print === "plain" ? 255 : print === "ink" ? value : 255 - value;
        } else {
          out[p] = 255 * values[v]!;
          out[p + 1] = 255 * values[v + 1]!;
          out[p + 2] = 255 * values[v + 2]!;
          out[p + 3] = channels === 4 ? 255 * values[v + 3]! : 255;
        }
      }
      return image;
    },
  };
}

function bars(length: number, zero: number): Painter {
  const shown = Math.min(length, MAX_BARS);
  const step = Math.max(1, Math.min(BAR, Math.floor(MAX_BARS / shown)));
  const [width, height] = [shown * step, Math.max(24, Math.round(shown * step * 0.5))];
  const baseline = Math.round((1 - Math.min(1, Math.max(0, zero))) * (height - 1));
  return {
    width, height, channels: 1, print: "plain", image: false,
    paint(values, offset, [red, green, blue]) {
      const image = new ImageData(width, height);
      const dot = (x: number, y: number, alpha: number): void => image.data.set([red, green, blue, alpha], 4 * (y * width + x));
      for (let bar = 0; bar < shown; bar++) {
        const [from, to] = [Math.floor((bar * length) / shown), Math.floor(((bar + 1) * length) / shown)];
        let value = 0;
        for (let k = from; k < to; k++) value += values[offset + k]! / (to - from);
        const end = Math.round((1 - Math.min(1, Math.max(0, value))) * (height - 1));
        for (let x = bar * step; x < (bar + 1) * step - (step > 2 ? 1 : 0); x++) {
          for (let y = Math.min(baseline, end); y <= Math.max(baseline, end); y++) dot(x, y, 255);
        }
      }
      for (let x = 0; x < width; x++) if (image.data[4 * (baseline * width + x) + 3] === 0) dot(x, baseline, 90);
      return image;
    },
  };
}
