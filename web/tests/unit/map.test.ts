import { describe, expect, it } from "vitest";
import { BORDER, ZOOM_LIMITS, bounded, cameraOf, fit, fitStrip, ticks, toScreen, toWorld, viewOf } from "../../src/map/camera.ts";
import { between } from "../../src/map/glide.ts";
import { fadeOthers } from "../../src/map/point-colours.ts";
import { type Dots, dotRadius, rasterise, stamp } from "../../src/map/raster.ts";
import type { GridIndex } from "../../src/math/grid-index.ts";
import { SIDE, cells, levelOf, visible } from "../../src/map/tiles.ts";

const bounds = { left: -2, right: 4, low: -1, high: 1 };

describe("the camera", () => {
  it("is limited in both directions of the zoom", () => {
    const whole = { x: 0, y: 0, span: 8 };
    expect(bounded({ x: 3, y: 3, span: 1e-18 }, whole)).toEqual({ x: 3, y: 3, span: 8 / ZOOM_LIMITS.in });
    expect(bounded({ x: 3, y: 3, span: 1e5 }, whole)).toEqual({ x: 3, y: 3, span: 8 / ZOOM_LIMITS.out });
    const between = { x: 1, y: 2, span: 3 };
    expect(bounded(between, whole)).toBe(between);
  });

  it("fits the whole map within the border", () => {
    const view = viewOf(fit(bounds, 800, 500), 800, 500, false);
    const [x0, y0] = toScreen(view, bounds.left, bounds.high);
    const [x1, y1] = toScreen(view, bounds.right, bounds.low);
    expect(x0).toBeCloseTo(BORDER, 8);
    expect(x1).toBeCloseTo(800 - BORDER, 8);
    expect(y0).toBeGreaterThanOrEqual(BORDER);
    expect(y1).toBeGreaterThan(y0);
    expect(y1).toBeLessThanOrEqual(500 - BORDER);
  });

  it("converts to the screen and back, and to a view and back", () => {
    const camera = { x: 0.3, y: -0.7, span: 1.7 };
    const view = viewOf(camera, 640, 480, false);
    const [x, y] = toWorld(view, ...toScreen(view, 0.11, 0.22));
    expect(x).toBeCloseTo(0.11, 12);
    expect(y).toBeCloseTo(0.22, 12);
    const back = cameraOf(view);
    for (const key of ["x", "y", "span"] as const) expect(back[key]).toBeCloseTo(camera[key], 12);
  });

  it("fills the height with a strip at any zoom", () => {
    for (const span of [fitStrip(bounds, 800, 400).span, 0.01]) {
      const view = viewOf({ x: 0, y: 5, span }, 800, 400, true);
      expect(toScreen(view, 0, 1)[1]).toBeCloseTo(BORDER, 8);
      expect(toScreen(view, 0, -1)[1]).toBeCloseTo(400 - BORDER, 8);
    }
  });

  it("keeps one point fixed during an animated zoom", () => {
    const [a, b] = [{ x: 0, y: 0, span: 8 }, { x: 3, y: 3, span: 2 }];
    expect(between(a, b, 0)).toEqual(a);
    expect(between(a, b, 1)).toEqual(b);
    const half = between(a, b, 0.5);
    expect(half.span).toBeCloseTo(4, 12);
    const position = (camera: typeof a): number => (4 - camera.x) / camera.span; // on the screen, of the fixed point (4, 4)
    expect(position(half)).toBeCloseTo(position(a), 12);
    expect(position(b)).toBeCloseTo(position(a), 12);
    expect(between(a, { ...a, x: 2 }, 0.25).x).toBe(0.5);
  });

  it("has ticks at round numbers", () => {
    expect(ticks(-2, 2, 5)).toEqual([-2, -1, 0, 1, 2]);
    expect(ticks(0.1, 0.35, 6)).toEqual([0.1, 0.15, 0.2, 0.25, 0.3, 0.35]);
    expect(ticks(-0.31, 0.29, 4)).toEqual([-0.2, 0, 0.2]);
  });
});

describe("points", () => {
  const camera = { kx: 10, ky: -10, tx: 50, ty: 50 };
  const draw = (coords: number[], highlighted: ((i: number) => boolean) | null = null, opacity = 1): Uint32Array => {
    const pixels = new Uint32Array(100 * 100).fill(7);
    const dots = fadeOthers(new Uint16Array(coords.length / 2).map((_, i) => i % 2), [[255, 0, 0], [0, 0, 255]], Float32Array.from(coords), highlighted);
    paint(pixels, dots, opacity);
    return pixels;
  };

  const paint = (pixels: Uint32Array, dots: Dots, opacity: number): void => {
    const index = { order: dots.colour.map((_, k) => k), coords: dots.coords, starts: [0, dots.colour.length], side: 1, column: () => 0, row: () => 0 };
    for (const _ of rasterise({ pixels, width: 100, height: 100, ...camera }, index as unknown as GridIndex, dots.colour, dots, 2, opacity));
  };

  it("are drawn at their positions, in their colors, on a cleared canvas", () => {
    const pixels = draw([1, 2, -3, -1]);
    expect(pixels[30 * 100 + 60]).toBe(0xff0000ff); // alpha, blue, green, red
    expect(pixels[60 * 100 + 20]).toBe(0xffff0000);
    expect(pixels[0]).toBe(0);
  });

  it("outside the view, or without a finite position, are not drawn", () => {
    expect(draw([99, 0, 0, -99, NaN, NaN, Infinity, 0]).every((pixel) => pixel === 0)).toBe(true);
  });

  it("are blended as source over destination, the first above", () => {
    const pixels = draw([0, 0, 0, 0], null, 0.5);
    const [alpha, blue, red] = [pixels[5050]! >>> 24, (pixels[5050]! >>> 16) & 255, pixels[5050]! & 255];
    const over = 0.5 + 0.5 * 0.5;
    expect(Math.abs(alpha - 255 * over)).toBeLessThanOrEqual(2);
    expect(Math.abs(red - (255 * 0.5) / over)).toBeLessThanOrEqual(3);
    expect(Math.abs(blue - (255 * 0.25) / over)).toBeLessThanOrEqual(3);
  });

  it("are blended in each color channel", () => {
    const pixels = new Uint32Array(100 * 100);
    const [under, over] = [[10, 60, 250], [200, 100, 50]] as [[number, number, number], [number, number, number]];
    paint(pixels, fadeOthers(Uint16Array.from([0, 1]), [over, under], new Float32Array(4), null), 0.5);
    const channels = [0, 8, 16].map((shift) => (pixels[5050]! >>> shift) & 255);
    channels.forEach((value, c) => expect(Math.abs(value - (over[c]! * 0.5 + under[c]! * 0.25) / 0.75)).toBeLessThanOrEqual(3));
  });

  it("that are not highlighted are faded and drawn below", () => {
    const pixels = draw([0, 0, 0, 0], (i) => i === 0);
    expect(pixels[5050]).toBe(0xff0000ff);
    expect(draw([0, 0], () => false)[5050]! >>> 24).toBeLessThan(80);
  });

  it("are discs whose size grows with the zoom", () => {
    const { alpha } = stamp(3, 1);
    expect(alpha.reduce((sum, a) => sum + a / 255, 0)).toBeCloseTo(Math.PI * 9, 0);
    expect(dotRadius(70_000, 6e5, 10)).toBeGreaterThan(dotRadius(70_000, 6e5, 1));
    expect(dotRadius(200_000, 6e5, 1)).toBeLessThan(dotRadius(1_000, 6e5, 1));
  });
});

describe("tiles", () => {
  const lattice = { aspect: 1.5, strip: false };
  const view = viewOf({ x: 0.2, y: 0.1, span: 4 }, 900, 600, false);

  it("have cells between one and two times the requested width", () => {
    for (const pixels of [40, 64, 90]) {
      const width = 2 ** -levelOf(view, pixels) * view.kx;
      expect(width).toBeGreaterThanOrEqual(pixels);
      expect(width).toBeLessThan(2 * pixels);
    }
  });

  it("cover the view exactly once", () => {
    const level = levelOf(view, 40);
    const tiles = visible(view, level, lattice, { left: -99, right: 99, low: -99, high: 99 });
    expect(new Set(tiles.map((tile) => JSON.stringify(tile))).size).toBe(tiles.length);
    const [w, h] = [2 ** -level * SIDE, 2 ** -level * 1.5 * SIDE];
    for (const [px, py] of [[0, 0], [899, 0], [0, 599], [450, 300], [899, 599]] as const) {
      const [x, y] = toWorld(view, px, py);
      expect(tiles.filter(({ column, row }) => Math.floor(x / w) === column && Math.floor(y / h) === row)).toHaveLength(1);
    }
  });

  it("start in the middle of the view, and exclude places outside the data", () => {
    const [first] = visible(view, 3, lattice, { left: -99, right: 99, low: -99, high: 99 });
    expect(cells(first!, lattice).some(([x, y]) => Math.abs(x - 0.2) < 1 && Math.abs(y - 0.1) < 1.5)).toBe(true);
    expect(visible(view, 3, lattice, { left: 50, right: 60, low: 50, high: 60 })).toEqual([]);
  });

  it("list their cells from the top left", () => {
    const places = cells({ level: 0, column: 0, row: 0 }, { aspect: 1, strip: false });
    expect(places[0]).toEqual([0.5, SIDE - 0.5]);
    expect(places.at(-1)).toEqual([SIDE - 0.5, 0.5]);
    expect(cells({ level: 0, column: 1, row: 0 }, { aspect: 1, strip: true })).toHaveLength(SIDE);
  });
});
