/** Centering of images by their center of mass: the images of MNIST and similar data are centered, so drawings are, too. */
import { type Levels, unitOf } from "../bundle/levels.ts";

/** Center of mass of `ink` (width × height), in pixels from the middle; null if the image is empty. A missing value, NaN, has no mass. */
export function offset(ink: ArrayLike<number>, width: number, height: number): [number, number] | null {
  let [mass, x, y] = [0, 0, 0];
  for (let i = 0; i < width * height; i++) {
    const here = ink[i]! || 0;
    mass += here;
    x += here * ((i % width) + 0.5);
    y += here * (Math.floor(i / width) + 0.5);
  }
  return mass > 0 ? [x / mass - width / 2, y / mass - height / 2] : null;
}

/** Return whether all samples are centered to about a pixel. */
export function isCentred(samples: ArrayLike<number>[], width: number, height: number): boolean {
  const reach = Math.max(1, 0.04 * Math.max(width, height));
  return samples.length >= 4 && samples.every((ink) => {
    const shift = offset(ink, width, height);
    return shift !== null && Math.max(...shift.map(Math.abs)) <= reach;
  });
}

/** Shift an image by whole pixels so that its center of mass is in the middle; pixels that leave the image are lost. */
export function centred(ink: Uint8Array, width: number, height: number, levels: Levels): Uint8Array {
  const [dx, dy] = (offset(unitOf(ink, levels), width, height) ?? [0, 0]).map(Math.round) as [number, number];
  return ink.map((_, i) => {
    const [x, y] = [(i % width) + dx, Math.floor(i / width) + dy];
    return x < 0 || y < 0 || x >= width || y >= height ? 0 : ink[y * width + x]!;
  });
}
