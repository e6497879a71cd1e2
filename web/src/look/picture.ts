/** A stranger's image as an item: scaled to the run's size and channels, dark and light as in its data. */
import { canvas, context } from "../dom.ts";
import type { Print } from "./painter.ts";

/** The value of an empty place: paper, in a data set that draws with ink. */
export const ground = (print: Print): number => (print === "ink-inverted" ? 255 : 0);

/** `rgba` pixels without holes: on white, or on black where what is drawn is light. */
export function onPaper(rgba: Uint8ClampedArray): Uint8ClampedArray {
  const [light, cover] = channelsOf(rgba, 1).reduce(([sum, all], value, i) => [sum + value * rgba[4 * i + 3]!, all + rgba[4 * i + 3]!], [0, 0]);
  const paper = light! > 127 * cover! ? 0 : 255;
  return rgba.map((value, p) => (p % 4 === 3 ? 255 : paper + (rgba[p | 3]! / 255) * (value - paper)));
}

/** Values 0…255 of `rgba` pixels with the given channels. */
export function channelsOf(rgba: Uint8ClampedArray, channels: number): Uint8Array {
  const values = new Uint8Array((rgba.length / 4) * channels);
  for (let p = 0, v = 0; p < rgba.length; p += 4, v += channels) {
    if (channels === 1) values[v] = Math.round(0.2126 * rgba[p]! + 0.7152 * rgba[p + 1]! + 0.0722 * rgba[p + 2]!);
    else for (let c = 0; c < channels; c++) values[v + c] = rgba[p + c]!;
  }
  return values;
}

/** Mean of a one-channel image's outermost pixels, 0…255. */
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

export const inverted = (values: Uint8Array): Uint8Array => values.map((value) => 255 - value);

/** Read an image file. It keeps its proportions, on a ground of the colour of its corner. */
export async function readPicture(file: Blob, [height, width, channels]: [number, number, number], print: Print): Promise<Uint8Array> {
  const picture = await createImageBitmap(file);
  const sheet = canvas(width, height);
  const on = context(sheet);
  const scale = Math.min(width / picture.width, height / picture.height);
  on.drawImage(picture, 0, 0, 1, 1, 0, 0, width, height); // its corner over all
  on.imageSmoothingQuality = "high";
  const [w, h] = [picture.width * scale, picture.height * scale];
  on.clearRect((width - w) / 2, (height - h) / 2, w, h);
  on.drawImage(shrunk(picture, w, h), (width - w) / 2, (height - h) / 2, w, h);
  picture.close();
  const { data } = on.getImageData(0, 0, width, height);
  const values = channelsOf(channels === 4 ? data : onPaper(data), channels);
  const wrong = channels === 1 && print !== "plain" && Math.abs(edge(values, width, height) - ground(print)) > 127;
  return wrong ? inverted(values) : values;
}

/** Halved until it is less than twice as large as wanted: one large step would skip most pixels. */
function shrunk(picture: ImageBitmap, width: number, height: number): HTMLCanvasElement | ImageBitmap {
  let now: HTMLCanvasElement | ImageBitmap = picture;
  while (now.width > 2 * width && now.height > 2 * height) {
    const half = canvas(Math.ceil(now.width / 2), Math.ceil(now.height / 2));
    context(half).drawImage(now, 0, 0, half.width, half.height);
    now = half;
  }
  return now;
}
