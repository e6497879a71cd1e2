/** Data sets such as MNIST lie with their centre of mass in the middle; what one draws for them should too. */

/** Centre of mass of `ink` (width × height), in pixels from the middle; null where there is none. */
export function offset(ink: ArrayLike<number>, width: number, height: number): [number, number] | null {
  let [mass, x, y] = [0, 0, 0];
  for (let i = 0; i < width * height; i++) {
    mass += ink[i]!;
    x += ink[i]! * ((i % width) + 0.5);
    y += ink[i]! * (Math.floor(i / width) + 0.5);
  }
  return mass > 0 ? [x / mass - width / 2, y / mass - height / 2] : null;
}

/** Whether all samples lie in the middle, to about a pixel: by chance that does not happen. */
export function isCentred(samples: ArrayLike<number>[], width: number, height: number): boolean {
  const reach = Math.max(1, 0.04 * Math.max(width, height));
  return samples.length >= 4 && samples.every((ink) => {
    const off = offset(ink, width, height);
    return off !== null && Math.max(...off.map(Math.abs)) <= reach;
  });
}

/** The same ink, moved by whole pixels such that its centre of mass lies in the middle; what leaves the image is lost. */
export function centred(ink: Uint8Array, width: number, height: number): Uint8Array {
  const [dx, dy] = (offset(ink, width, height) ?? [0, 0]).map(Math.round) as [number, number];
  return ink.map((_, i) => {
    const [x, y] = [(i % width) + dx, Math.floor(i / width) + dy];
    return x < 0 || y < 0 || x >= width || y >= height ? 0 : ink[y * width + x]!;
  });
}
