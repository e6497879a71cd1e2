import { expect, it } from "vitest";
import { continuous, discreteKind, isCurved, nearestPoints } from "../../src/model/space.ts";

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

it("probabilities are moved to where they add up to 1", () => {
  const layout = [{ kind: "real", size: 1 }, { kind: "categorical", size: 2 }];
  expect(near([-5, 3, 1, 2, -1, 4, 0, -1, -1], 3, layout)).toEqual([-5, 0.75, 0.25, 2, 0, 1, 0, 0.5, 0.5]);
  expect([...continuous(layout, 3)]).toEqual([0]);
  expect([...continuous([], 2)]).toEqual([0, 1]);
});

it("codes are moved to the nearest vector of their own codebook", () => {
  const layout = Array.from({ length: 4 }, () => ({ kind: "code", size: 1, classes: 3 }));
  const codebook = Float32Array.from([0, 10, 1, 20, 2, 30]); // 3 vectors of each of 2 codebooks
  expect(Array.from(nearestPoints(Float32Array.from([0.9, 0.9, 7, 24]), 4, layout, codebook))).toEqual([1, 10, 2, 20]);
  expect(near([0.9, 0.9, 7, 24], 4, layout)).toEqual([0.9, 0.9, 7, 24].map(Math.fround));
  expect([discreteKind(layout), discreteKind([]), discreteKind([{ kind: "categorical", size: 2 }])]).toEqual(["code", null, "categorical"]);
});
