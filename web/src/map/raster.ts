/**
 * Draws points by writing pixels: for 70 000 points this takes a few milliseconds on any machine, while drawing each with
 * the canvas API takes longer than a frame.
 */
import type { Rgb } from "../look/colour.ts";

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

/** Clear `pixels` (`width` × `height`) and draw the points; screen = world · k + t, in these pixels. */
export function rasterise(
  pixels: Uint32Array, width: number, height: number, dots: Dots,
  { kx, ky, tx, ty }: { kx: number; ky: number; tx: number; ty: number }, radius: number, opacity: number,
): void {
  pixels.fill(0);
  if (dots.faded) pass(pixels, width, height, dots, kx, ky, tx, ty, stamp(Math.max(0.8, radius * 0.75), opacity * 0.22), true);
  pass(pixels, width, height, dots, kx, ky, tx, ty, stamp(radius, opacity), false);
}

function pass(
  pixels: Uint32Array, width: number, height: number, { coords, colour, palette }: Dots,
  kx: number, ky: number, tx: number, ty: number, { dx, dy, alpha, reach }: Stamp, faded: boolean,
): void {
  const colours = Uint32Array.from(palette, ([r, g, b]) => (b << 16) | (g << 8) | r);
  const length = palette.length;
  const offsets = dx.map((x, k) => dy[k]! * width + x);
  const [right, bottom] = [width - reach, height - reach];
  for (let i = 0, p = 0; p < coords.length; i++, p += 2) {
    const x = Math.round(coords[p]! * kx + tx);
    if (!(x >= reach && x < right)) continue;
    const y = Math.round(coords[p + 1]! * ky + ty);
    if (!(y >= reach && y < bottom)) continue;
    const index = colour[i]!;
    if (index >= length !== faded || index === HIDDEN) continue;
    const rgb = colours[faded ? index - length : index]!;
    const at = y * width + x;
    for (let k = 0; k < offsets.length; k++) blend(pixels, at + offsets[k]!, rgb, alpha[k]!);
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

/** Blend a color over a pixel; colors are not premultiplied by alpha, as in ImageData. */
function blend(pixels: Uint32Array, at: number, rgb: number, a: number): void {
  const under = pixels[at]!;
  const ua = under >>> 24;
  const colour = under & 0xffffff;
  if (ua === 0) {
    pixels[at] = (a << 24) | rgb;
    return;
  }
  const key = (a << 8) | ua;
  if (colour === rgb) { // the usual case where points overlap
    pixels[at] = (ALPHA[key]! << 24) | rgb;
    return;
  }
  const share = SHARE[key]!;
  // Red and blue are computed together: they do not overlap, since the shares add up to 256.
  const redBlue = ((rgb & 0xff00ff) * share + (colour & 0xff00ff) * (256 - share)) >>> 8;
  const green = ((rgb & 0xff00) * share + (colour & 0xff00) * (256 - share)) >>> 8;
  pixels[at] = (ALPHA[key]! << 24) | (redBlue & 0xff00ff) | (green & 0xff00);
}
