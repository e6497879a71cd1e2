/**
 * Draws points by writing pixels: for 70 000 points this takes a few milliseconds on any machine, while drawing each with
 * the canvas API takes longer than a frame.
 */
import type { Rgb } from "../look/colour.ts";
import type { GridIndex } from "../math/grid-index.ts";

export interface Dots {
  /** x0, y0, x1, y1 … on the plane. */
  coords: Float32Array;
  /** The color of each point, as an index into `palette`; an index plus `palette.length` is the same color, faded. `HIDDEN` is not drawn. */
  colour: Uint16Array;
  palette: Rgb[];
  /** Whether any point is faded. */
  faded: boolean;
}

/** In place of the color of a point that a filter hides. */
export const HIDDEN = 0xffff;

interface Stamp { dx: Int32Array; dy: Int32Array; alpha: Uint8Array; reach: number }

/** The pixels of a disc, with the covered share of each, computed from 4 × 4 samples. */
export function stamp(radius: number, opacity: number): Stamp {
  const reach = Math.ceil(radius);
  const covered: [number, number, number][] = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      let hits = 0;
      for (let s = 0; s < 16; s++) hits += Number(Math.hypot(x + (s % 4) / 4 - 0.375, y + Math.floor(s / 4) / 4 - 0.375) <= radius);
      if (hits) covered.push([x, y, Math.round((255 * opacity * hits) / 16)]);
    }
  }
  return {
    dx: Int32Array.from(covered, (p) => p[0]), dy: Int32Array.from(covered, (p) => p[1]), alpha: Uint8Array.from(covered, (p) => p[2]), reach,
  };
}

/** Radius of a point in CSS pixels: smaller if more points share the `area` of the map, larger at a higher zoom. */
export function dotRadius(count: number, area: number, zoom: number): number {
  const base = Math.min(3.2, Math.max(0.6, 0.38 * Math.sqrt(area / count)));
  return Math.min(6, base * Math.max(1, zoom) ** 0.35);
}

/** Where points are drawn; screen = world · k + t, in these pixels. */
export interface Target { pixels: Uint32Array; width: number; height: number; kx: number; ky: number; tx: number; ty: number }

const STEP = 20_000; // points that are drawn between two steps

/**
 * Clear the pixels and draw the visible points of `index`, whose colors `tints` are in its order, or about `share` of those of each
 * cell. After each step it yields the number of points that it passed. Points are drawn from the top to the bottom, so that nothing
 * needs to be done for a pixel that is opaque already: faded points come last.
 */
export function* rasterise(
  target: Target, index: GridIndex, tints: Uint16Array, { palette, faded }: Pick<Dots, "palette" | "faded">, radius: number, opacity: number, share = 1,
): Generator<number, void> {
  target.pixels.fill(0);
  const colours = Uint32Array.from(palette, ([r, g, b]) => (b << 16) | (g << 8) | r);
  const passes = faded ? [stamp(radius, opacity), stamp(Math.max(0.8, radius * 0.75), opacity * 0.22)] : [stamp(radius, opacity)];
  for (const [k, shape] of passes.entries()) {
    let count = 0;
    for (const [from, to] of runs(index, visible(index, target), share)) {
      for (let start = from; start < to; start += STEP) {
        const end = Math.min(to, start + STEP);
        span(target, index.coords, tints, start, end, colours, k * palette.length, shape);
        count += end - start;
        if (count < STEP) continue;
        yield count;
        count = 0;
      }
    }
    yield count;
  }
}

interface Cells { left: number; right: number; low: number; high: number }

/** The cells of the grid that the target shows. */
function visible({ column, row }: GridIndex, { width, height, kx, ky, tx, ty }: Omit<Target, "pixels">): Cells {
  return { left: column(-tx / kx), right: column((width - tx) / kx), low: row((height - ty) / ky), high: row(-ty / ky) };
}

/** The runs of points in the visible cells. */
export function visibleRuns(index: GridIndex, target: Omit<Target, "pixels">): [number, number][] {
  return [...runs(index, visible(index, target), 1)];
}

/** The number of points in the visible cells. */
export function countVisible(index: GridIndex, target: Target): number {
  return visibleRuns(index, target).reduce((count, [from, to]) => count + to - from, 0);
}

/** The runs of points in `cells`: whole rows, or the first `share` of each cell, rounded up in some cells and down in others. */
function* runs({ starts, side }: GridIndex, { left, right, low, high }: Cells, share: number): Generator<[number, number]> {
  for (let row = low; row <= high; row++) {
    const [first, last] = [row * side + left, row * side + right];
    if (share >= 1) yield [starts[first]!, starts[last + 1]!];
    else for (let cell = first; cell <= last; cell++) {
      const from = starts[cell]!;
      const part = Math.floor((starts[cell + 1]! - from) * share + (Math.imul(cell + 1, 0x9e3779b1) >>> 0) / 4294967296);
      if (part) yield [from, from + part];
    }
  }
}

/** Draw the points `from`…`to` whose tint is a color, as an index into `colours` plus `offset`. */
function span(
  { pixels, width, height, kx, ky, tx, ty }: Target, coords: Float32Array, tints: Uint16Array, from: number, to: number,
  colours: Uint32Array, offset: number, { dx, dy, alpha, reach }: Stamp,
): void {
  const offsets = dx.map((x, k) => dy[k]! * width + x);
  const [right, bottom, dots] = [width - reach, height - reach, offsets.length];
  for (let i = from; i < to; i++) {
    const x = coords[2 * i]! * kx + tx + 0.5; // of the nearest pixel, once the fraction is cut off
    if (!(x >= reach && x < right)) continue;
    const y = coords[2 * i + 1]! * ky + ty + 0.5;
    if (!(y >= reach && y < bottom)) continue;
    const index = tints[i]! - offset;
    if (!(index >= 0 && index < colours.length)) continue;
    const at = (y | 0) * width + (x | 0);
    for (let k = 0; k < dots; k++) blend(pixels, at + offsets[k]!, colours[index]!, alpha[k]!);
  }
}

/** For alpha `a` above alpha `u`, at index a · 256 + u: the resulting alpha, and the share of the upper color, of 256. */
const ALPHA = new Uint8Array(65536);
const SHARE = new Uint16Array(65536);
for (let a = 1; a < 256; a++) {
  for (let u = 0; u < 256; u++) {
    const alpha = a + (u * (255 - a)) / 255;
    ALPHA[(a << 8) | u] = Math.round(alpha);
    SHARE[(a << 8) | u] = Math.round((a * 256) / alpha);
  }
}
const OPAQUE = 252; // of 255; nobody sees what is below

/** Blend a color below a pixel; colors are not premultiplied by alpha, as in ImageData. */
function blend(pixels: Uint32Array, at: number, rgb: number, a: number): void {
  const over = pixels[at]!;
  const oa = over >>> 24;
  if (oa >= OPAQUE) return;
  if (oa === 0) {
    pixels[at] = (a << 24) | rgb;
    return;
  }
  const colour = over & 0xffffff;
  const key = (oa << 8) | a;
  if (colour === rgb) { // the usual case where points overlap
    pixels[at] = (ALPHA[key]! << 24) | rgb;
    return;
  }
  const share = SHARE[key]!;
  // Red and blue are computed together: they do not overlap, since the shares add up to 256.
  const redBlue = ((colour & 0xff00ff) * share + (rgb & 0xff00ff) * (256 - share)) >>> 8;
  const green = ((colour & 0xff00) * share + (rgb & 0xff00) * (256 - share)) >>> 8;
  pixels[at] = (ALPHA[key]! << 24) | (redBlue & 0xff00ff) | (green & 0xff00);
}
