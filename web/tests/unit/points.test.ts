/** Points sorted into cells: what is drawn of many points. */
import { describe, expect, it } from "vitest";
import { type Target, countVisible, rasterise } from "../../src/map/raster.ts";
import { thumbnailSide, visiblePoints } from "../../src/map/thumbnails.ts";
import { boundsOf } from "../../src/math/density.ts";
import { gridIndex, nearestOf } from "../../src/math/grid-index.ts";
import { normal } from "../../src/math/random.ts";
import { sortedSample } from "../../src/math/stats.ts";

const draw = normal(3);
const COUNT = 60_000;
const coords = Float32Array.from({ length: 2 * COUNT }, draw);
const bounds = boundsOf(coords);
const index = gridIndex(coords, bounds);
const colour = new Uint16Array(COUNT);
const dots = { coords, colour, palette: [[255, 255, 255]] as [number, number, number][], faded: false };

/** Draw with one pixel per point on a grid that is so fine that hardly two points share a pixel. */
function drawn(view: Partial<Target>, share = 1): { pixels: Uint32Array; passed: number; steps: number } {
  const [width, height] = [2000, 1600];
  const target = { pixels: new Uint32Array(width * height), width, height, kx: 200, ky: -200, tx: 1000, ty: 800, ...view };
  let [passed, steps] = [0, 0];
  for (const points of rasterise(target, index, colour, dots, 0.5, 1, share)) [passed, steps] = [passed + points, steps + 1];
  return { pixels: target.pixels, passed, steps };
}
const inked = ({ pixels }: { pixels: Uint32Array }): number => pixels.reduce((sum, pixel) => sum + Number(pixel !== 0), 0);

describe("points in cells", () => {
  it("are a permutation, in which a cell is one run", () => {
    expect(Array.from(index.order).sort((a, b) => a - b).every((item, k) => item === k)).toBe(true);
    let wrong = 0;
    for (let cell = 0; cell < index.side ** 2; cell++) {
      for (let k = index.starts[cell]!; k < index.starts[cell + 1]!; k++) {
        const [x, y, item] = [index.coords[2 * k]!, index.coords[2 * k + 1]!, index.order[k]!];
        wrong += Number(index.row(y) * index.side + index.column(x) !== cell || x !== coords[2 * item] || y !== coords[2 * item + 1]);
      }
    }
    expect(wrong).toBe(0);
  });

  it("are all drawn, each once, in several steps", () => {
    const all = drawn({});
    expect(all.passed).toBe(COUNT);
    expect(all.steps).toBeGreaterThan(2);
    const one = new Set<number>();
    for (let i = 0; i < COUNT; i++) {
      const [x, y] = [Math.floor(coords[2 * i]! * 200 + 1000.5), Math.floor(coords[2 * i + 1]! * -200 + 800.5)];
      if (x >= 1 && x < 1999 && y >= 1 && y < 1599) one.add(y * 2000 + x);
    }
    expect(inked(all)).toBe(one.size);
  });

  it("that are far outside the view are not looked at", () => {
    const close = { kx: 20_000, ky: -20_000, tx: 1000, ty: 800 };
    expect(countVisible(index, { pixels: new Uint32Array(0), width: 2000, height: 1600, ...close })).toBeLessThan(COUNT / 100);
    const inside = (i: number): boolean => Math.abs(coords[2 * i]!) < 0.0499 && Math.abs(coords[2 * i + 1]!) < 0.0399;
    expect(inked(drawn(close))).toBeGreaterThanOrEqual(colour.reduce((sum, _, i) => sum + Number(inside(i)), 0));
  });

  it("are sampled with the same share everywhere", () => {
    for (const share of [0.02, 0.3]) expect(drawn({}, share).passed / (share * COUNT)).toBeCloseTo(1, 1);
    const [left, right] = [0, 1].map((half) => {
      const { pixels } = drawn({}, 0.1);
      return pixels.reduce((sum, pixel, at) => sum + Number(pixel !== 0 && Number(at % 2000 >= 1000) === half), 0);
    });
    expect(left! / right!).toBeCloseTo(1, 0);
  });

  it("are found at any distance", () => {
    expect(nearestOf(index, coords[34]!, coords[35]!, bounds)).toBe(17);
    const far = nearestOf(index, 500, 0, bounds);
    expect(coords[2 * far]).toBe(Math.max(...Array.from({ length: COUNT }, (_, i) => coords[2 * i]!)));
    expect(nearestOf(gridIndex(Float32Array.of(NaN, NaN), bounds), 0, 0, bounds)).toBe(0);
  });
});

describe("thumbnails", () => {
  const view = { width: 1000, height: 800, kx: 20_000, ky: -20_000, tx: 500, ty: 400 };

  it("are of the visible points that are not faded", () => {
    const places = visiblePoints(index, dots, view, COUNT)!;
    const expected = Array.from({ length: COUNT }, (_, i) => i).filter((i) => Math.abs(coords[2 * i]!) <= 0.025 && Math.abs(coords[2 * i + 1]!) <= 0.02);
    expect(places.map((k) => index.order[k]!).sort((a, b) => a - b)).toEqual(expected);
    const faded = { ...dots, colour: colour.map((_, i) => i % 2) };
    expect(visiblePoints(index, faded, view, COUNT)!.every((k) => index.order[k]! % 2 === 0)).toBe(true);
  });

  it("do not appear among too many points, and grow with the room", () => {
    expect(visiblePoints(index, dots, { ...view, kx: 100, ky: -100 }, 400)).toBeNull();
    expect(thumbnailSide(2000, view)).toBeNull();
    expect(thumbnailSide(100, view)!).toBeGreaterThan(thumbnailSide(300, view)!);
    expect(thumbnailSide(1, view)).toBe(72);
  });
});

it("a sorted sample skips what is missing and keeps the quantiles of many values", () => {
  expect(Array.from(sortedSample([3, NaN, 1, 2]))).toEqual([1, 2, 3]);
  const many = sortedSample(Float32Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) % 1_000_000));
  expect(many.length).toBe(200_000);
  expect(many[20_000]! / 100_000).toBeCloseTo(1, 2);
});
