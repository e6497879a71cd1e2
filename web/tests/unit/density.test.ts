import { describe, expect, it } from "vitest";
import { boundsOf, density, levelHolding, valuesAt } from "../../src/math/density.ts";
import { inside } from "../../src/math/lasso.ts";
import { normal } from "../../src/math/random.ts";
import { classGrid, peak, region } from "../../src/math/region.ts";
import { byClass, planeSummary, quantile, summary } from "../../src/math/stats.ts";

const draw = normal(11);
const coords = Float32Array.from({ length: 20_000 }, (_, k) => (k % 2 ? 0.5 * draw() - 2 : draw() + 1));
const bounds = boundsOf(coords);

describe("density", () => {
  it("conserves the mass away from the edge", () => {
    const grid = density(coords, { left: -20, right: 20, low: -20, high: 20 }, 128, 2);
    expect(grid.values.reduce((a, b) => a + b, 0)).toBeCloseTo(10_000, 0);
  });

  it("is highest at the densest points", () => {
    const grid = density(coords, bounds, 96, 2);
    const [x, y] = peak(grid);
    expect(Math.abs(x - 1)).toBeLessThan(0.5);
    expect(Math.abs(y + 2)).toBeLessThan(0.3);
    const at = valuesAt(grid, Float32Array.from([1, -2, 4.2, -0.4]));
    expect(at[0]).toBeGreaterThan(5 * at[1]!);
  });

  it("finds the level of the region that contains a share", () => {
    expect(levelHolding(Float32Array.from([1, 5, 3, 1]), 0.8)).toBe(3);
    expect(levelHolding(Float32Array.from([1, 1, 1, 1]), 1)).toBe(1);
  });

  it("returns the outline of the region that contains this share of the points", () => {
    const rings = region(classGrid(coords, bounds, Int32Array.from({ length: 10_000 }, (_, i) => i)), 0.8);
    let inRegion = 0;
    for (let i = 0; i < 10_000; i++) inRegion += rings.filter((ring) => inside(ring, coords[2 * i]!, coords[2 * i + 1]!)).length % 2;
    expect(inRegion / 10_000).toBeGreaterThan(0.72);
    expect(inRegion / 10_000).toBeLessThan(0.88);
  });
});

describe("summaries", () => {
  it("are the mean and variance of the chosen rows", () => {
    const { count, mean, variance } = summary(Float32Array.from([1, 10, 3, 20, 100, 100]), 2, [0, 1]);
    expect([count, ...mean, ...variance]).toEqual([2, 2, 15, 1, 25]);
    expect(planeSummary(Float32Array.from([1, 10, 3, 20, 100, 100]), [0, 1])).toEqual({ x: 2, y: 15, xx: 1, xy: 5, yy: 25 });
  });

  it("group items by class and skip unlabeled ones", () => {
    expect(byClass(Int32Array.from([1, 0, -1, 1, 7]), 2).map((items) => Array.from(items))).toEqual([[1], [0, 3]]);
  });

  it("interpolate quantiles", () => {
    expect(quantile([0, 10, 20], 0.25)).toBe(5);
    expect(quantile([4], 0.99)).toBe(4);
  });
});
