import { describe, expect, it } from "vitest";
import { spherePlane } from "../../src/math/sphere-plane.ts";
import { normal } from "../../src/math/random.ts";
import { moved, placed, withClass } from "../../src/model/pieces.ts";
import { nearestEntry } from "../../src/model/space.ts";
import { diversity, nearestEntries } from "../../src/panels/family/codebook.ts";
import { deviation, effectsOf } from "../../src/panels/family/effects.ts";
import { outlineOf } from "../../src/map/outline.ts";

describe("a change of a dimension", () => {
  const [sphere, ball, variable, real] = placed([{ kind: "sphere", size: 3 }, { kind: "ball", size: 2 }, { kind: "categorical", size: 3 }, { kind: "real", size: 1 }], 9) as [never, never, never, never];
  const z = [0.6, 0.8, 0, 0.3, 0.4, 0.2, 0.5, 0.3, 7];

  it("stays on the sphere, in the ball, among probabilities, and leaves other pieces as they are", () => {
    expect(moved(z, sphere, 2, 0.6).slice(0, 3)).toEqual([expect.closeTo(0.48), expect.closeTo(0.64), 0.6]);
    expect(moved(z, sphere, 2, 5).slice(0, 3)).toEqual([0, 0, 1]);
    expect(Math.hypot(...moved([0, 0, 1, ...z.slice(3)], sphere, 2, 0.5).slice(0, 3))).toBeCloseTo(1, 10); // the others were 0
    expect(moved(z, ball, 3, 0.5).slice(3, 5)).toEqual([0.5, 0.4]);
    expect(Math.hypot(...moved(z, ball, 3, 0.99).slice(3, 5))).toBeLessThan(1);
    expect(moved(z, variable, 5, 0.6).slice(5, 8)).toEqual([0.6, expect.closeTo(0.25), expect.closeTo(0.15)]);
    expect(withClass(z, variable, 2).slice(5, 8)).toEqual([0, 0, 1]);
    expect(moved(z, real, 8, -2)).toEqual([...z.slice(0, 8), -2]);
    for (const [piece, j] of [[sphere, 0], [ball, 4], [variable, 6], [real, 8]] as const) {
      const { start, size } = piece as { start: number; size: number };
      moved(z, piece, j, 0.1).forEach((value, k) => { if (k < start || k >= start + size) expect(value).toBe(z[k]); });
    }
  });
});

describe("the map of a sphere", () => {
  const draw = normal(5);
  const count = 400;
  const means = Float32Array.from({ length: 3 * count }, draw);
  for (let i = 0; i < count; i++) {
    const length = Math.hypot(...means.subarray(3 * i, 3 * i + 3));
    for (let j = 0; j < 3; j++) means[3 * i + j]! /= length;
  }
  const plane = spherePlane({ dim: 3, count, means, labels: null, classes: 0, pca: null, umap: null });

  it("has an inverse", () => {
    for (let i = 0; i < count; i++) {
      const z = plane.lift(plane.coords[2 * i]!, plane.coords[2 * i + 1]!, [0, 0, 0])!;
      z.forEach((value, j) => expect(value).toBeCloseTo(means[3 * i + j]!, 4));
    }
    expect(plane.lift(1.5, 1.5, [0, 0, 0])).toBeNull();
  });

  it("keeps areas: uniform points on the sphere are uniform in the disc", () => {
    const uniform = normal(8);
    const n = 20000;
    let [inner, right] = [0, 0];
    for (let i = 0; i < n; i++) {
      const [x, y] = plane.project([uniform(), uniform(), uniform()])!;
      inner += Number(x * x + y * y < 2); // half of the disc's area
      right += Number(x > 0);
    }
    expect(inner / n).toBeCloseTo(0.5, 1);
    expect(right / n).toBeCloseTo(0.5, 1);
  });

  it("has the outline of the space that its axes belong to", () => {
    const layout = [{ kind: "real", size: 2 }, { kind: "ball", size: 2 }];
    expect(outlineOf(layout, { kind: "dims", x: 2, y: 3 })!.every(([x, y]) => Math.abs(Math.hypot(x, y) - 1) < 1e-12)).toBe(true);
    expect([outlineOf(layout, { kind: "dims", x: 0, y: 2 }), outlineOf(layout, { kind: "dims", x: 0, y: 1 }), outlineOf(layout, { kind: "pca" })]).toEqual([null, null, null]);
  });
});

describe("codes", () => {
  const vectors = Float32Array.from([0, 9, 2, 7, 3, 0]); // three codes of one number, in two codebooks

  it("are the nearest vectors of their codebook", () => {
    expect([0.9, 1.2, 2.6].map((value) => nearestEntry([value], vectors, 3, 0))).toEqual([0, 1, 2]);
    expect(nearestEntry([6], vectors, 3, 1)).toBe(1);
    expect(nearestEntries({ entry: (k) => [vectors[2 * k]!], size: 1, classes: 3 }, 0, 2)).toEqual([0, 1]);
  });

  it("are as diverse as the exponential of their entropy", () => {
    expect(diversity([5, 5, 0, 5])).toEqual({ used: 3, perplexity: expect.closeTo(3) });
    expect(diversity([0, 0])).toEqual({ used: 0, perplexity: 0 });
    expect(diversity([1, 3]).perplexity).toBeCloseTo(Math.exp(-(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75))), 10);
  });
});

describe("effects on columns", () => {
  it("are in standard deviations, with the largest first, and 1 for another level", () => {
    const columns = [{ kind: "number" }, { kind: "category" }, { kind: "count" }, { kind: "number" }] as const;
    expect(effectsOf([...columns], [1, 0, 9, 4], [2, 1.4, 3, 4], [2, 9, 2, 0])).toEqual([
      { k: 2, from: 9, to: 3, size: -3 }, { k: 1, from: 0, to: 1.4, size: 1 }, { k: 0, from: 1, to: 2, size: 0.5 }, { k: 3, from: 4, to: 4, size: 0 }]);
  });

  it("leave missing cells out of the standard deviation", () => {
    expect(deviation([1, NaN, 3, 5])).toBeCloseTo(Math.sqrt(8 / 3), 12);
    expect([deviation([NaN]), deviation([4])]).toEqual([0, 0]);
  });
});
