/** The outline of a curved space of z on the plane of the map. */
import type { Piece } from "../bundle/manifest.ts";
import type { Point } from "../math/lasso.ts";
import type { PlaneSpec } from "../math/plane.ts";
import { RIM, circle } from "../math/sphere-plane.ts";
import { placed } from "../model/pieces.ts";

/** Null if no outline bounds the codes on this plane. */
export function outlineOf(layout: Piece[], spec: PlaneSpec): Point[] | null {
  if (spec.kind === "sphere") return circle(RIM);
  if (spec.kind !== "dims" || layout.length === 0) return null;
  const holds = (start: number, size: number, j: number): boolean => j >= start && j < start + size;
  const piece = placed(layout, 0).find(({ start, size }) => holds(start, size, spec.x) && holds(start, size, spec.y));
  return piece && (piece.kind === "sphere" || piece.kind === "ball") ? circle(1) : null;
}
