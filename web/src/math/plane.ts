/** Projections of codes onto the plane of the map, and their inverse. */
import { spherePlane } from "./sphere-plane.ts";

export type PlaneSpec = { kind: "dims"; x: number; y: number } | { kind: "pca" } | { kind: "umap" } | { kind: "strip" } | { kind: "sphere" };
export interface Ellipse { x: number; y: number; rx: number; ry: number; angle: number }
export interface PlaneSource {
  dim: number;
  count: number;
  means: Float32Array;
  labels: Int32Array | null;
  classes: number;
  pca: { mean: number[]; components: [number[], number[]] } | null;
  umap: Float32Array | null;
}
export interface Plane {
  spec: PlaneSpec;
  /** x0, y0, x1, y1 … of all items. */
  coords: Float32Array;
  /** The position of a code; null if only items have one (UMAP). */
  project(z: ArrayLike<number>): [number, number] | null;
  /** The code at (x, y) on the slice through `base`; null if no code is there (UMAP, or outside a sphere). */
  lift(x: number, y: number, base: ArrayLike<number>): number[] | null;
  /** One standard deviation of a normal distribution with these variances, projected onto the plane. */
  spread(mean: ArrayLike<number>, variance: ArrayLike<number>): Ellipse | null;
}

export function planeKey(spec: PlaneSpec): string {
  return spec.kind === "dims" ? `d${spec.x}.${spec.y}` : spec.kind;
}

export function makePlane(spec: PlaneSpec, from: PlaneSource): Plane {
  if (spec.kind === "umap" && from.umap) {
    return { spec, coords: from.umap, project: () => null, lift: () => null, spread: () => null };
  }
  if (spec.kind === "strip") return strip(from);
  if (spec.kind === "sphere" && from.dim === 3) return spherePlane(from);
  if (spec.kind === "pca" && from.pca) return linear(spec, from, from.pca.components, from.pca.mean);
  const axis = (k: number): number[] => Array.from({ length: from.dim }, (_, i) => Number(i === k));
  const [x, y] = spec.kind === "dims" ? [spec.x, spec.y] : [0, 1];
  return linear({ kind: "dims", x, y }, from, [axis(x), axis(y)], new Array<number>(from.dim).fill(0));
}

function linear(spec: PlaneSpec, { dim, count, means }: PlaneSource, axes: [number[], number[]], origin: number[]): Plane {
  const coords = new Float32Array(2 * count);
  /** Write the position of the code at `from` of `z` to `at` of `xy`; millions of points need no array each. */
  const put = (z: ArrayLike<number>, from: number, xy: Float32Array | [number, number], at: number): void => {
    let [x, y] = [0, 0];
    for (let j = 0; j < dim; j++) {
      const d = z[from + j]! - origin[j]!;
      x += d * axes[0][j]!;
      y += d * axes[1][j]!;
    }
    [xy[at], xy[at + 1]] = [x, y];
  };
  const place = (z: ArrayLike<number>): [number, number] => {
    const xy: [number, number] = [0, 0];
    put(z, 0, xy, 0);
    return xy;
  };
  for (let i = 0; i < count; i++) put(means, i * dim, coords, 2 * i);
  return {
    spec, coords,
    project: place,
    lift(x, y, base) {
      const [bx, by] = place(base);
      return Array.from({ length: dim }, (_, j) => base[j]! + (x - bx) * axes[0][j]! + (y - by) * axes[1][j]!);
    },
    spread(mean, variance) {
      const [x, y] = place(mean);
      let [xx, xy, yy] = [0, 0, 0];
      for (let j = 0; j < dim; j++) {
        xx += variance[j]! * axes[0][j]! ** 2;
        xy += variance[j]! * axes[0][j]! * axes[1][j]!;
        yy += variance[j]! * axes[1][j]! ** 2;
      }
      return { x, y, ...principal(xx, xy, yy) };
    },
  };
}

/** Half axes and angle of the ellipse of a covariance [[xx, xy], [xy, yy]]. */
export function principal(xx: number, xy: number, yy: number): { rx: number; ry: number; angle: number } {
  const middle = (xx + yy) / 2;
  const radius = Math.hypot((xx - yy) / 2, xy);
  return { rx: Math.sqrt(Math.max(0, middle + radius)), ry: Math.sqrt(Math.max(0, middle - radius)), angle: Math.atan2(2 * xy, xx - yy) / 2 };
}

/** Layout of a strip in y = −1…1: top and bottom of the lanes of its classes, and top of its row of images. */
export const STRIP = { top: 0.94, bottom: -0.36, images: -0.46 };

/** One latent dimension along x. Each class has a lane in y, in which its points are scattered so that they overlap less. */
function strip({ count, means, labels, classes }: PlaneSource): Plane {
  const coords = new Float32Array(2 * count);
  const lanes = Math.max(1, classes);
  for (let i = 0; i < count; i++) {
    const scatter = (Math.imul(i + 1, 0x9e3779b1) >>> 0) / 4294967296;
    const lane = labels && labels[i]! >= 0 && labels[i]! < lanes ? labels[i]! : 0;
    coords[2 * i] = means[i]!;
    coords[2 * i + 1] = STRIP.top - ((STRIP.top - STRIP.bottom) * (lane + 0.12 + 0.76 * scatter)) / lanes;
  }
  return {
    spec: { kind: "strip" }, coords,
    project: (z) => [z[0]!, (STRIP.bottom + STRIP.images) / 2],
    lift: (x) => [x],
    spread: (mean, variance) => ({ x: mean[0]!, y: 0, rx: Math.sqrt(variance[0]!), ry: 0, angle: 0 }),
  };
}
