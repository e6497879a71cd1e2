import { describe, expect, it } from "vitest";
import { type PlaneSource, makePlane, planeKey, principal } from "../../src/math/plane.ts";
import { normal } from "../../src/math/random.ts";

const draw = normal(3);
const dim = 4;
const count = 50;
const means = Float32Array.from({ length: count * dim }, draw);
const r = Math.SQRT1_2;
const pca = { mean: [0.5, -1, 2, 0.25], components: [[r, r, 0, 0], [0, 0, r, -r]] as [number[], number[]] };
const source: PlaneSource = { dim, count, means, labels: null, classes: 0, pca, umap: null };

describe("a plane", () => {
  it("of two dimensions uses their values", () => {
    const plane = makePlane({ kind: "dims", x: 2, y: 0 }, source);
    for (let i = 0; i < count; i++) {
      expect(plane.coords[2 * i]).toBe(means[i * dim + 2]);
      expect(plane.coords[2 * i + 1]).toBe(means[i * dim]);
    }
    expect(plane.lift(7, 8, [1, 2, 3, 4])).toEqual([8, 2, 7, 4]);
  });

  it("of principal components has the inverse mean + x·c0 + y·c1", () => {
    const plane = makePlane({ kind: "pca" }, source);
    const lifted = plane.lift(2, -3, pca.mean)!;
    lifted.forEach((value, j) => expect(value).toBeCloseTo(pca.mean[j]! + 2 * pca.components[0][j]! - 3 * pca.components[1][j]!, 12));
  });

  it("has an inverse that keeps all other directions of the code", () => {
    for (const spec of [{ kind: "pca" }, { kind: "dims", x: 1, y: 3 }] as const) {
      const plane = makePlane(spec, source);
      const base = [0.1, 0.2, 0.3, 0.4];
      const lifted = plane.lift(1.5, -0.5, base)!;
      const [x, y] = plane.project(lifted)!;
      expect(x).toBeCloseTo(1.5, 10);
      expect(y).toBeCloseTo(-0.5, 10);
      const back = plane.lift(...plane.project(base)!, lifted)!;
      back.forEach((value, j) => expect(value).toBeCloseTo(base[j]!, 10));
    }
  });

  it("projects the spread of a distribution like that of its samples", () => {
    const plane = makePlane({ kind: "pca" }, source);
    const variance = [0.2, 1.4, 0.6, 0.1];
    const { x, y, rx, ry, angle } = plane.spread([1, 2, 3, 4], variance)!;
    let [xx, xy, yy] = [0, 0, 0];
    const n = 200_000;
    for (let k = 0; k < n; k++) {
      const [px, py] = plane.project([1, 2, 3, 4].map((mean, j) => mean + Math.sqrt(variance[j]!) * draw()))!;
      xx += (px - x) ** 2 / n;
      xy += ((px - x) * (py - y)) / n;
      yy += (py - y) ** 2 / n;
    }
    const sampled = principal(xx, xy, yy);
    expect(rx).toBeCloseTo(sampled.rx, 1);
    expect(ry).toBeCloseTo(sampled.ry, 1);
    expect(Math.abs(Math.sin(angle - sampled.angle))).toBeLessThan(0.05);
  });

  it("of one dimension has a lane for each class", () => {
    const labels = Int32Array.from({ length: 6 }, (_, i) => i % 3);
    const plane = makePlane({ kind: "strip" }, { ...source, dim: 1, count: 6, means: means.slice(0, 6), labels, classes: 3 });
    const lane = (i: number): number => plane.coords[2 * i + 1]!;
    for (let i = 0; i < 6; i++) expect(plane.coords[2 * i]).toBe(means[i]);
    for (const i of [0, 3]) for (const j of [1, 4]) for (const k of [2, 5]) expect(lane(i) > lane(j) && lane(j) > lane(k)).toBe(true);
  });

  it("of UMAP has no inverse", () => {
    const umap = Float32Array.from({ length: 2 * count }, draw);
    const plane = makePlane({ kind: "umap" }, { ...source, umap });
    expect(plane.coords).toBe(umap);
    expect(plane.lift(0, 0, [0, 0, 0, 0])).toBeNull();
    expect(planeKey({ kind: "dims", x: 3, y: 1 })).toBe("d3.1");
  });
});

it("the half axes of a covariance are the roots of its eigenvalues", () => {
  const [xx, xy, yy] = [2, 0.7, 1];
  const { rx, ry, angle } = principal(xx, xy, yy);
  expect(rx ** 2 + ry ** 2).toBeCloseTo(xx + yy, 12); // trace
  expect(rx ** 2 * ry ** 2).toBeCloseTo(xx * yy - xy ** 2, 12); // determinant
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  expect(xx * c + xy * s).toBeCloseTo(rx ** 2 * c, 12); // an eigenvector
  expect(xy * c + yy * s).toBeCloseTo(rx ** 2 * s, 12);
});
