import { expect, it } from "vitest";
import { isCurved, nearestPoints } from "../../src/model/space.ts";

const near = (z: number[], dim: number, layout: { kind: string; size: number }[]): number[] =>
  Array.from(nearestPoints(Float32Array.from(z), dim, layout));

it("codes of a flat space stay as they are", () => {
  const z = Float32Array.from([3, 4]);
  expect(nearestPoints(z, 2, [{ kind: "real", size: 2 }])).toBe(z);
  expect(isCurved([])).toBe(false);
});

it("each piece of a code moves to its sphere or into its ball", () => {
  const layout = [{ kind: "sphere", size: 2 }, { kind: "real", size: 1 }, { kind: "ball", size: 2 }];
  const points = near([3, 4, 7, 0.3, 0.4, 0, 0, -7, 0, 5], 5, layout);
  [0.6, 0.8, 7, 0.3, 0.4, 1, 0, -7, 0, 1 - 1e-5].forEach((value, i) => expect(points[i]).toBeCloseTo(value, 6));
});
