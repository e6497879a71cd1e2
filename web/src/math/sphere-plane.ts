/**
 * Lambert's azimuthal equal-area projection of the unit sphere in three dimensions: the whole sphere becomes a disc of radius 2, around
 * the mean direction of the items; its rim is the one point opposite.
 */
import type { Plane, PlaneSource } from "./plane.ts";

export const RIM = 2;

type Vector = [number, number, number];
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
const cross = (a: Vector, b: Vector): Vector => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const unit = (a: Vector, otherwise: Vector): Vector => {
  const length = Math.hypot(...a);
  return length > 1e-9 ? [a[0] / length, a[1] / length, a[2] / length] : otherwise;
};

export function spherePlane({ count, means }: PlaneSource): Plane {
  const sum: Vector = [0, 0, 0];
  for (let p = 0; p < 3 * count; p++) sum[p % 3]! += means[p]!;
  const middle = unit(sum, [0, 0, 1]);
  const right = unit(cross(Math.abs(middle[1]) < 0.9 ? [0, 1, 0] : [1, 0, 0], middle), [1, 0, 0]);
  const up = cross(middle, right);
  const project = (z: ArrayLike<number>): [number, number] => {
    const [x, y, ahead] = [dot(z, right), dot(z, up), dot(z, middle)];
    const length = Math.hypot(x, y, ahead) || 1; // a code off the sphere has the place of the nearest point on it
    const scale = Math.sqrt(2 / Math.max(1 + ahead / length, 1e-9)) / length;
    return [x * scale, y * scale];
  };
  const coords = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) coords.set(project(means.subarray(3 * i, 3 * i + 3)), 2 * i);
  return {
    spec: { kind: "sphere" }, coords, project,
    lift(x, y) {
      const square = x * x + y * y;
      if (square > RIM * RIM) return null;
      const [side, ahead] = [Math.sqrt(Math.max(0, 1 - square / 4)), 1 - square / 2];
      return [0, 1, 2].map((j) => side * (x * right[j]! + y * up[j]!) + ahead * middle[j]!);
    },
    spread: () => null,
  };
}

/** A circle around the origin. */
export function circle(radius: number): [number, number][] {
  return Array.from({ length: 181 }, (_, k) => [radius * Math.cos((k * Math.PI) / 90), radius * Math.sin((k * Math.PI) / 90)]);
}
