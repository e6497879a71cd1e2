/** Spaces of z that are not flat: codes are moved to the nearest point of the space before they are decoded. */
import type { Piece } from "../bundle/manifest.ts";

const BORDER = 1 - 1e-5; // of the unit ball

const has = (layout: Piece[], ...kinds: string[]): boolean => layout.some(({ kind }) => kinds.includes(kind));
export const isCurved = (layout: Piece[]): boolean => has(layout, "sphere", "ball");
/** What the discrete pieces of z hold: probabilities of classes, or vectors that stand for codes. */
export const discreteKind = (layout: Piece[]): "categorical" | "code" | null => (has(layout, "code") ? "code" : has(layout, "categorical") ? "categorical" : null);

/** The dimensions of z that belong to real numbers and other pieces that are not discrete. */
export function continuous(layout: Piece[], dim: number): Set<number> {
  if (layout.length === 0) return new Set(Array.from({ length: dim }, (_, j) => j));
  let start = 0;
  return new Set(layout.flatMap(({ kind, size }) => {
    start += size;
    return kind === "categorical" || kind === "code" ? [] : Array.from({ length: size }, (_, j) => start - size + j);
  }));
}

/** Return codes of `dim` numbers each, moved to the nearest points in the spaces of their pieces; codes need the `codebook`. */
export function nearestPoints(z: Float32Array, dim: number, layout: Piece[], codebook: Float32Array | null = null): Float32Array {
  if (!isCurved(layout) && discreteKind(layout) === null) return z;
  const points = z.slice();
  for (let row = 0; row < points.length; row += dim) {
    let start = row;
    layout.forEach(({ kind, size, classes = 0 }, index) => {
      const part = points.subarray(start, start + size);
      start += size;
      if (kind === "categorical") toProbabilities(part);
      if (kind === "code" && codebook) toEntry(part, codebook, classes, index);
      const length = Math.hypot(...part);
      if (kind === "sphere" && length === 0) part[0] = 1; // the centre has no nearest point
      else if (kind === "sphere" || (kind === "ball" && length > BORDER)) {
        const scale = (kind === "sphere" ? 1 : BORDER) / length;
        part.forEach((value, i) => { part[i] = value * scale; });
      }
    });
  }
  return points;
}

/** Make the numbers at least 0, with a sum of 1. */
function toProbabilities(part: Float32Array): void {
  const sum = part.reduce((total, value) => total + Math.max(0, value), 0);
  part.forEach((value, i) => { part[i] = sum > 0 ? Math.max(0, value) / sum : 1 / part.length; });
}

/** The codebook of the piece at `index`: pieces are of each codebook in turn, which stand side by side in `vectors`. */
export function bookOf(vectors: Float32Array, classes: number, index: number, size: number): { number: number; entry(k: number): Float32Array } {
  const width = vectors.length / classes;
  const number = index % (width / size);
  return { number, entry: (k) => vectors.subarray(k * width + number * size, k * width + (number + 1) * size) };
}

/** The number of the nearest vector to the piece of z at `index`, the first of equally near ones. */
export function nearestEntry(part: ArrayLike<number>, vectors: Float32Array, classes: number, index: number): number {
  const width = vectors.length / classes;
  const first = (index % (width / part.length)) * part.length;
  let [best, least] = [0, Infinity];
  for (let k = 0, at = first; k < classes; k++, at += width) {
    let distance = 0;
    for (let j = 0; j < part.length; j++) distance += (part[j]! - vectors[at + j]!) ** 2;
    if (distance < least) [best, least] = [k, distance];
  }
  return best;
}

/** Replace the piece of z at `index` by the nearest vector of its codebook. */
function toEntry(part: Float32Array, vectors: Float32Array, classes: number, index: number): void {
  part.set(bookOf(vectors, classes, index, part.length).entry(nearestEntry(part, vectors, classes, index)));
}
