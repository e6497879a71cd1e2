/** Contours of the density of the points: each surrounds a share of them. */
import type { PlaneData } from "../app.ts";
import { css } from "../look/colour.ts";
import type { Look } from "../look/theme.ts";
import { region } from "../math/region.ts";
import type { View } from "./camera.ts";

const SHARES = [0.95, 0.85, 0.7, 0.5, 0.3, 0.12];

/** The contours of a plane, in its coordinates, from the outermost to the innermost. */
export function contoursOf(data: PlaneData): Path2D[] {
  return SHARES.map((share) => {
    const path = new Path2D();
    for (const ring of region(data.density(), share)) {
      ring.forEach(([x, y], k) => (k ? path.lineTo(x, y) : path.moveTo(x, y)));
      path.closePath();
    }
    return path;
  });
}

/** Draw them, the innermost strongest, each line with a light outline. */
export function drawContours(on: CanvasRenderingContext2D, view: View, contours: Path2D[], look: Look): void {
  on.lineJoin = "round";
  contours.forEach((contour, k) => {
    const path = new Path2D();
    path.addPath(contour, new DOMMatrix([view.kx, 0, 0, view.ky, view.tx, view.ty]));
    on.strokeStyle = css(look.paper, 0.55);
    on.lineWidth = 3;
    on.stroke(path);
    on.strokeStyle = css(look.ink, 0.45 + (0.5 * k) / contours.length);
    on.lineWidth = k % 2 ? 0.8 : 1.3;
    on.stroke(path);
  });
}
