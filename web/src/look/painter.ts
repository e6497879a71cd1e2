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
  /** Draw the item that starts at `offset` of `values`. NaN is a missing value. */
  paint(values: ArrayLike<number>, offset: number, tones: Tones): ImageData;
}
/** The colors of a theme: of what is drawn in ink, and of the stripes that mark missing values. */
export interface Tones { ink: Rgb; missing: [Rgb, Rgb] }

const MAX_BARS = 192;
const BAR = 8; // pixels
const STRIPE = 2; // pixels of an image; the width of the stripes that mark missing values
const BAR_STRIPE = 4; // pixels of a bar chart

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
      if (row > 0 && column > 0 && row < height - 1 && column < width - 1 || Number.isNaN(values[i])) continue;
      sum += values[i]!;
      count++;
    }
  }
  if (count === 0) return "plain";
  const edge = sum / count;
  return edge < 0.2 ? "ink" : edge > 0.85 ? "ink-inverted" : "plain";
}

/** The color of a pixel of a diagonal pattern. */
const stripe = (tones: [Rgb, Rgb], x: number, y: number, width: number): Rgb => tones[Math.floor((x + y) / width) % 2]!;

/** `zero` is the position of the data's value 0 in 0…1, where bars start. */
export function makePainter(shape: number[], print: Print, zero: number): Painter {
  return isImage(shape) ? images(shape as [number, number, number], print) : bars(shape.reduce((a, b) => a * b, 1), zero);
}

function images([height, width, channels]: [number, number, number], print: Print): Painter {
  return {
    width, height, channels, print, image: true,
    paint(values, offset, { ink: [red, green, blue], missing }) {
      const image = new ImageData(width, height);
      const out = image.data;
      const lacks = (v: number): boolean => {
        for (let c = 0; c < channels; c++) if (Number.isNaN(values[v + c])) return true;
        return false;
      };
      for (let i = 0, p = 0, v = offset; i < width * height; i++, p += 4, v += channels) {
        if (lacks(v)) out.set([...stripe(missing, i % width, Math.floor(i / width), STRIPE), 255], p);
        else if (channels === 1) {
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
    paint(values, offset, { ink: [red, green, blue], missing }) {
      const image = new ImageData(width, height);
      const dot = (x: number, y: number, alpha: number): void => image.data.set([red, green, blue, alpha], 4 * (y * width + x));
      for (let bar = 0; bar < shown; bar++) {
        const [from, to] = [Math.floor((bar * length) / shown), Math.floor(((bar + 1) * length) / shown)];
        let [sum, count] = [0, 0];
        for (let k = from; k < to; k++) {
          if (Number.isNaN(values[offset + k])) continue;
          sum += values[offset + k]!;
          count++;
        }
        const end = Math.round((1 - Math.min(1, Math.max(0, sum / count))) * (height - 1));
        for (let x = bar * step; x < (bar + 1) * step - (step > 2 ? 1 : 0); x++) {
          if (count === 0) for (let y = 0; y < height; y++) image.data.set([...stripe(missing, x, y, BAR_STRIPE), 255], 4 * (y * width + x));
          else for (let y = Math.min(baseline, end); y <= Math.max(baseline, end); y++) dot(x, y, 255);
        }
      }
      for (let x = 0; x < width; x++) if (image.data[4 * (baseline * width + x) + 3] === 0) dot(x, baseline, 90);
      return image;
    },
  };
}
