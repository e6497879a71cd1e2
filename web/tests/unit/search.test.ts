import { describe, expect, it } from "vitest";
import { boundsOf } from "../../src/math/density.ts";
import { gridIndex } from "../../src/math/grid-index.ts";
import { type Point, inside, select, simplify } from "../../src/math/lasso.ts";
import { nearest } from "../../src/math/neighbours.ts";
import { normal, uniform } from "../../src/math/random.ts";

const draw = normal(7);

describe("nearest neighbours", () => {
  for (const [count, dim] of [[500, 2], [300, 64], [5, 3]] as const) {
    it(`are those of a full sort: ${count} × ${dim}`, () => {
      const means = Float32Array.from({ length: count * dim }, draw);
      const z = Array.from({ length: dim }, draw);
      const brute = Array.from({ length: count }, (_, item) => ({
        item, distance: Math.hypot(...z.map((value, j) => value - means[item * dim + j]!)),
      })).sort((a, b) => a.distance - b.distance).slice(0, 12);
      const found = nearest(means, dim, z, 12);
      expect(found.map((one) => one.item)).toEqual(brute.map((one) => one.item));
      found.forEach((one, k) => expect(one.distance).toBeCloseTo(brute[k]!.distance, 6));
    });
  }

  it("leave out what is not to be kept", () => {
    const means = Float32Array.from([0, 1, 2, 3]);
    expect(nearest(means, 1, [0], 2, (i) => i % 2 === 1).map((one) => one.item)).toEqual([1, 3]);
  });
});

describe("the grid's nearest point", () => {
  it("is that of a search through all, with both axes of one scale or not", () => {
    const coords = Float32Array.from({ length: 4000 }, draw);
    const index = gridIndex(coords, boundsOf(coords));
    const at = uniform(1);
    for (const squeeze of [1, 3]) {
      for (let k = 0; k < 300; k++) {
        const [x, y, reach] = [8 * at() - 4, 8 * at() - 4, 0.5 * at()];
        let [best, least] = [-1, reach];
        for (let i = 0; i < 2000; i++) {
          const d = Math.hypot(coords[2 * i]! - x, (coords[2 * i + 1]! - y) * squeeze);
          if (d <= least) [best, least] = [i, d];
        }
        expect(index.near(x, y, reach, squeeze)).toBe(best);
      }
    }
  });
});

describe("a lasso", () => {
  const corner: Point[] = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]]; // a crown: its notch is outside

  it("knows inside from outside, in notches too", () => {
    expect(inside(corner, 1, 1)).toBe(true);
    expect(inside(corner, 3, 1)).toBe(true);
    expect(inside(corner, 2, 2)).toBe(false);
    expect(inside(corner, 5, 1)).toBe(false);
  });

  it("selects what lies inside, ascending, like a loop over all points", () => {
    const coords = Float32Array.from({ length: 2000 }, () => 2 * draw());
    const found = select(coords, corner);
    expect(Array.from(found)).toEqual(Array.from({ length: 1000 }, (_, i) => i).filter((i) => inside(corner, coords[2 * i]!, coords[2 * i + 1]!)));
    expect(found.length).toBeGreaterThan(50);
    expect(select(coords, corner.slice(0, 2))).toHaveLength(0);
  });

  it("is made simpler within a tolerance", () => {
    const line = Array.from({ length: 400 }, (_, k): Point => [k / 40, Math.sin(k / 40)]);
    const simple = simplify(line, 0.02);
    expect(simple.length).toBeLessThan(60);
    expect(simple[0]).toEqual(line[0]);
    expect(simple.at(-1)).toEqual(line.at(-1));
    for (const [x, y] of line) {
      const k = Math.max(1, simple.findIndex((p) => p[0] >= x));
      const [a, b] = [simple[k - 1]!, simple[k]!];
      const straight = a[1] + ((x - a[0]) / (b[0] - a[0])) * (b[1] - a[1]);
      expect(Math.abs(straight - y)).toBeLessThan(0.03);
    }
  });
});
