import { describe, expect, it } from "vitest";
import { lerp, path, slerp } from "../../src/math/slerp.ts";

const length = (z: number[]): number => Math.hypot(...z);

describe("spherical interpolation", () => {
  it("has equal angles on the circle (closed form)", () => {
    for (const t of [0, 0.1, 0.5, 0.8, 1]) {
      const [x, y] = slerp([2, 0], [0, 2], t);
      expect(x).toBeCloseTo(2 * Math.cos((t * Math.PI) / 2), 12);
      expect(y).toBeCloseTo(2 * Math.sin((t * Math.PI) / 2), 12);
    }
  });

  it("keeps the length of codes of equal length, unlike the straight line", () => {
    const [a, b] = [[1, 2, 3, 4], [4, -3, 2, 1]];
    for (const t of [0.2, 0.5, 0.7]) {
      expect(length(slerp(a, b, t))).toBeCloseTo(length(a), 12);
      expect(length(lerp(a, b, t))).toBeLessThan(0.9 * length(a));
    }
  });

  it("is straight if there is no unique great circle", () => {
    for (const [a, b] of [[[1, 1], [3, 3]], [[0, 0], [1, 2]], [[1, 0], [-1, 0]]] as const) {
      expect(slerp([...a], [...b], 0.25)).toEqual(lerp([...a], [...b], 0.25));
    }
  });
});

describe("a path", () => {
  const stops = [[0, 0], [3, 4], [3, 5]];

  it("passes through every stop, with frames in proportion to the length of each leg", () => {
    const codes = path(stops, 7, "straight"); // 6 steps of length 1
    expect(codes).toHaveLength(7);
    expect(codes[0]).toEqual([0, 0]);
    expect(codes[5]![0]).toBeCloseTo(3, 12);
    expect(codes[5]![1]).toBeCloseTo(4, 12);
    expect(codes[6]).toEqual([3, 5]);
    expect(codes[1]![0]).toBeCloseTo(0.6, 12);
    expect(codes[4]![0]).toBeCloseTo(2.4, 12);
    expect(codes[4]![1]).toBeCloseTo(3.2, 12);
  });

  it("has one frame for one stop, none without stops, and works for equal stops", () => {
    expect(path([], 5, "straight")).toEqual([]);
    expect(path([[1]], 5, "spherical")).toEqual([[1]]);
    expect(path([[1, 1], [1, 1]], 3, "spherical")).toEqual([[1, 1], [1, 1], [1, 1]]);
  });
});
