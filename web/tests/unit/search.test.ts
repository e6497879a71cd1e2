import { describe, expect, it } from "vitest";
import { boundsOf } from "../../src/math/density.ts";
import { gridIndex } from "../../src/math/grid-index.ts";
import { type Point, inside, select, simplify } from "../../src/math/lasso.ts";
import { nearest } from "../../src/math/neighbours.ts";
import { normal, uniform } from "../../src/math/random.ts";

const draw = normal(7);

describe("nearest neighbours", () => {
  for (const [count, dim] of [[500, 2], [300, 64], [5, 3]] as const) {
    it(`agree with a full sort: ${count} × ${dim}`, () => {
      const means = Float32Array.from({ length: count * dim }, draw);
      const z = Array.from({ length: dim }, draw);
      const brute = Array.from({ length: count }, (_, item) => ({
        item, distance: Math.hypot(...z.map((value, j) => value - means[item * dim + j]!)),
      })).sort((a, b) => a.distance - b.distance).slice(0, 12);
      const result = nearest(means, dim, z, 12);
      expect(result.map(({ item }) => item)).toEqual(brute.map(({ item }) => item));
      result.forEach(({ distance }, k) => expect(distance).toBeCloseTo(brute[k]!.distance, 6));
    });
  }

  it("can be restricted to some items", () => {
    const means = Float32Array.from([0, 1, 2, 3]);
    expect(nearest(means, 1, [0], 2, (i) => i % 2 === 1).map(({ item }) => item)).toEqual([1, 3]);
  });
});

describe("the grid's nearest point", () => {
  it("agrees with a search of all points, for equal and different scales of the axes", () => {
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
  const corner: Point[] = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]]; // a crown, whose notch is outside

  it("distinguishes inside and outside, also in a notch", () => {
    expect(inside(corner, 1, 1)).toBe(true);
    expect(inside(corner, 3, 1)).toBe(true);
    expect(inside(corner, 2, 2)).toBe(false);
    expect(inside(corner, 5, 1)).toBe(false);
  });

  it("selects the points inside, in ascending order", () => {
    const coords = Float32Array.from({ length: 2000 }, () => 2 * draw());
    const selected = select(coords, corner);
    expect(Array.from(selected)).toEqual(Array.from({ length: 1000 }, (_, i) => i).filter((i) => inside(corner, coords[2 * i]!, coords[2 * i + 1]!)));
    expect(selected.length).toBeGreaterThan(50);
    expect(select(coords, corner.slice(0, 2))).toHaveLength(0);
  });

  it("is simplified within a tolerance", () => {
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
