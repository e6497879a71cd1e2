/** Spaces of z that are not flat: codes are moved to the nearest point of the space before they are decoded. */
import type { Piece } from "../bundle/manifest.ts";

const BORDER = 1 - 1e-5; // of the unit ball

export const isCurved = (layout: Piece[]): boolean => layout.some(({ kind }) => kind === "sphere" || kind === "ball");

/** Return codes of `dim` numbers each, moved to the nearest points on their spheres and in their balls. */
export function nearestPoints(z: Float32Array, dim: number, layout: Piece[]): Float32Array {
  if (!isCurved(layout)) return z;
  const points = z.slice();
  for (let row = 0; row < points.length; row += dim) {
    let start = row;
    for (const { kind, size } of layout) {
      const part = points.subarray(start, start + size);
      start += size;
      const length = Math.hypot(...part);
      if (kind === "sphere" && length === 0) part[0] = 1; // the centre has no nearest point
      else if (kind === "sphere" || (kind === "ball" && length > BORDER)) {
        const scale = (kind === "sphere" ? 1 : BORDER) / length;
        part.forEach((value, i) => { part[i] = value * scale; });
      }
    }
  }
  return points;
}
