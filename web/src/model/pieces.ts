/** The pieces of z, and changes of z that stay in the space of their piece. */
import type { Piece } from "../bundle/manifest.ts";

const BORDER = 1 - 1e-5; // of the unit ball

/** A piece with its place in the layout and its first dimension. */
export interface Placed extends Piece { index: number; start: number }

/** The pieces of z; one of real numbers if the layout is not known. */
export function placed(layout: Piece[], dim: number): Placed[] {
  let start = 0;
  const pieces = layout.length ? layout : [{ kind: "real", size: dim }];
  return pieces.map((piece, index) => {
    start += piece.size;
    return { ...piece, index, start: start - piece.size };
  });
}

export const partOf = (z: ArrayLike<number>, { start, size }: Placed): number[] => Array.from({ length: size }, (_, k) => z[start + k]!);

/** z with another part in the place of a piece. */
export const withPart = (z: number[], { start, size }: Placed, part: ArrayLike<number>): number[] =>
  z.map((value, j) => (j >= start && j < start + size ? part[j - start]! : value));

/** z with the categorical variable `piece` at class `k`. */
export const withClass = (z: number[], piece: Placed, k: number): number[] => withPart(z, piece, Array.from({ length: piece.size }, (_, j) => Number(j === k)));

/**
 * z with `value` in dimension `j` of `piece`. On a sphere, in a ball, and among probabilities, the other dimensions of the piece change in
 * proportion, so that the point stays in its space.
 */
export function moved(z: number[], piece: Placed, j: number, value: number): number[] {
  const part = partOf(z, piece);
  const at = j - piece.start;
  const others = part.filter((_, k) => k !== at);
  const fill = (set: number, scale: number, rest: number): number[] => withPart(z, piece, part.map((old, k) => (k === at ? set : scale === Infinity ? rest : old * scale)));
  const clip = (low: number, high: number): number => Math.min(high, Math.max(low, value));
  if (piece.kind === "sphere" || piece.kind === "ball") {
    const radius = piece.kind === "sphere" ? 1 : BORDER;
    const set = clip(-radius, radius);
    const [room, length] = [Math.sqrt(radius * radius - set * set), Math.hypot(...others)];
    if (piece.kind === "ball" && length <= room) return fill(set, 1, 0);
    return fill(set, length > 0 ? room / length : Infinity, room / Math.sqrt(Math.max(1, others.length)));
  }
  if (piece.kind === "categorical") {
    const set = clip(0, 1);
    const sum = others.reduce((total, old) => total + Math.max(0, old), 0);
    return fill(set, sum > 0 ? (1 - set) / sum : Infinity, (1 - set) / Math.max(1, others.length));
  }
  return fill(value, 1, 0);
}
