/** Conversion of an image file to an item: scaled to the size and channels of the run, and inverted if its data is. */
import { canvas, context } from "../dom.ts";
import { COMPLETE, type Levels } from "../bundle/levels.ts";
import type { Print } from "./painter.ts";

/** The byte of the background: that of the data, and white paper for gray images without one. */
export const background = (print: Print, { top }: Levels, channels = 1): number => (print === "ink" || channels > 1 ? 0 : top);

/** Return `rgba` pixels without transparency: on white, or on black if the image is light. */
export function opaque(rgba: Uint8ClampedArray): Uint8ClampedArray {
  const [light, coverage] = channelsOf(rgba, 1).reduce(([sum, all], value, i) => [sum + value * rgba[4 * i + 3]!, all + rgba[4 * i + 3]!], [0, 0]);
  const paper = light! > 127 * coverage! ? 0 : 255;
  return rgba.map((value, p) => (p % 4 === 3 ? 255 : paper + (rgba[p | 3]! / 255) * (value - paper)));
}

/** Convert `rgba` pixels to values 0…255 with the given number of channels. */
export function channelsOf(rgba: Uint8ClampedArray, channels: number): Uint8Array {
  const values = new Uint8Array((rgba.length / 4) * channels);
  for (let p = 0, v = 0; p < rgba.length; p += 4, v += channels) {
    if (channels === 1) values[v] = Math.round(0.2126 * rgba[p]! + 0.7152 * rgba[p + 1]! + 0.0722 * rgba[p + 2]!);
    else for (let c = 0; c < channels; c++) values[v + c] = rgba[p + c]!;
  }
  return values;
}

/** Mean of the pixels at the edge of a one-channel image, 0…255. */
export function edge(values: Uint8Array, width: number, height: number): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (x > 0 && y > 0 && x < width - 1 && y < height - 1) continue;
    sum += values[i]!;
    count++;
  }
  return sum / Math.max(1, count);
}

export const inverted = (values: Uint8Array, { top, missing }: Levels): Uint8Array => values.map((value) => (value === missing ? value : top - value));

/** Read an image file as values 0…255. It keeps its proportions; the rest is filled with the color of its corner. */
export async function readPicture(file: Blob, [height, width, channels]: [number, number, number], print: Print): Promise<Uint8Array> {
  const picture = await createImageBitmap(file);
  const sheet = canvas(width, height);
  const on = context(sheet);
  const scale = Math.min(width / picture.width, height / picture.height);
  on.drawImage(picture, 0, 0, 1, 1, 0, 0, width, height); // fill with its corner
  on.imageSmoothingQuality = "high";
  const [w, h] = [picture.width * scale, picture.height * scale];
  on.clearRect((width - w) / 2, (height - h) / 2, w, h);
  on.drawImage(halved(picture, w, h), (width - w) / 2, (height - h) / 2, w, h);
  picture.close();
  const { data } = on.getImageData(0, 0, width, height);
  const values = channelsOf(channels === 4 ? data : opaque(data), channels);
  const invertedEdge = channels === 1 && print !== "plain" && Math.abs(edge(values, width, height) - background(print, COMPLETE)) > 127;
  return invertedEdge ? inverted(values, COMPLETE) : values;
}

/** Halve the picture until it is less than twice as large as needed, since a single large step would skip most pixels. */
function halved(picture: ImageBitmap, width: number, height: number): HTMLCanvasElement | ImageBitmap {
  let result: HTMLCanvasElement | ImageBitmap = picture;
  while (result.width > 2 * width && result.height > 2 * height) {
    const half = canvas(Math.ceil(result.width / 2), Math.ceil(result.height / 2));
    context(half).drawImage(result, 0, 0, half.width, half.height);
    result = half;
  }
  return result;
}
