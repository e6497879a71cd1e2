/**
 * Points straight into pixels: canvas calls for 70 000 discs take longer than a frame, writing their pixels takes a few
 * milliseconds on any machine, with or without a graphics card.
 */
import type { Rgb } from "../look/colour.ts";

export interface Dots {
  /** x0, y0, x1, y1 … in the world. */
  coords: Float32Array;
  /** Colour of each point, an index into `palette`; from `palette.length` on, the same colour, held back. */
  colour: Uint16Array;
  palette: Rgb[];
  /** Whether any point is held back. */
  held: boolean;
}

interface Stamp { dx: Int32Array; dy: Int32Array; alpha: Uint8Array; reach: number }

/** A disc's pixels and how much of each it covers, by 4 × 4 samples. */
export function stamp(radius: number, opacity: number): Stamp {
  const reach = Math.ceil(radius);
  const found: [number, number, number][] = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      let hits = 0;
      for (let s = 0; s < 16; s++) hits += Number(Math.hypot(x + (s % 4) / 4 - 0.375, y + Math.floor(s / 4) / 4 - 0.375) <= radius);
      if (hits) found.push([x, y, Math.round((255 * opacity * hits) / 16)]);
    }
  }
  return {
    dx: Int32Array.from(found, (p) => p[0]), dy: Int32Array.from(found, (p) => p[1]), alpha: Uint8Array.from(found, (p) => p[2]), reach,
  };
}

/** Radius in CSS pixels: the more points share the map's `area`, the smaller; they grow as one comes closer. */
export function dotRadius(count: number, area: number, zoom: number): number {
  const crowd = Math.min(3.2, Math.max(0.6, 0.38 * Math.sqrt(area / count)));
  return Math.min(6, crowd * Math.max(1, zoom) ** 0.35);
}

/** Draw into `pixels` (cleared first), `width` × `height`; screen = world · k + t in these pixels. */
export function rasterise(
  pixels: Uint32Array, width: number, height: number, dots: Dots,
  { kx, ky, tx, ty }: { kx: number; ky: number; tx: number; ty: number }, radius: number, opacity: number,
): void {
  pixels.fill(0);
  if (dots.held) pass(pixels, width, height, dots, kx, ky, tx, ty, stamp(Math.max(0.8, radius * 0.75), opacity * 0.22), true);
  pass(pixels, width, height, dots, kx, ky, tx, ty, stamp(radius, opacity), false);
}

function pass(
  pixels: Uint32Array, width: number, height: number, { coords, colour, palette }: Dots,
  kx: number, ky: number, tx: number, ty: number, { dx, dy, alpha, reach }: Stamp, held: boolean,
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
    if (index >= length !== held) continue;
    const rgb = colours[held ? index - length : index]!;
    const at = y * width + x;
    for (let k = 0; k < offsets.length; k++) blend(pixels, at + offsets[k]!, rgb, alpha[k]!);
  }
}

/** For an alpha `a` over an alpha `u`, at a · 256 + u: the alpha of both, and the upper colour's share in it, of 256. */
const WHOLE = new Uint8Array(65536);
const SHARE = new Uint16Array(65536);
for (let a = 1; a < 256; a++) {
  for (let u = 0; u < 256; u++) {
    const whole = a + (u * (255 - a)) / 255;
    WHOLE[(a << 8) | u] = Math.round(whole);
    SHARE[(a << 8) | u] = Math.round((a * 256) / whole);
  }
}

/** Source over destination, colours not multiplied by alpha, as ImageData wants them. */
function blend(pixels: Uint32Array, at: number, rgb: number, a: number): void {
  const under = pixels[at]!;
  const ua = under >>> 24;
  const colour = under & 0xffffff;
  if (ua === 0) {
    pixels[at] = (a << 24) | rgb;
    return;
  }
  const key = (a << 8) | ua;
  if (colour === rgb) { // most pixels of a crowd
    pixels[at] = (WHOLE[key]! << 24) | rgb;
    return;
  }
  const share = SHARE[key]!;
  // Red and blue together, 8 bits apart: neither reaches the other, since the shares add up to 256.
  const redBlue = ((rgb & 0xff00ff) * share + (colour & 0xff00ff) * (256 - share)) >>> 8;
  const green = ((rgb & 0xff00) * share + (colour & 0xff00) * (256 - share)) >>> 8;
  pixels[at] = (WHOLE[key]! << 24) | (redBlue & 0xff00ff) | (green & 0xff00);
}
