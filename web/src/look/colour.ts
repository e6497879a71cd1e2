/** Colors: one per class, distinguishable with any color vision, and a ramp for amounts. */

export type Rgb = [number, number, number];

/** The ten colors of Petroff (arXiv:2107.02270), which are distinguishable with any color vision, in our own order. */
const TEN: Rgb[] = ["3f90da", "ffa90e", "bd1f01", "832db6", "94a4a2", "e76300", "a96b59", "b9ac70", "717581", "92dadd"].map(hex);
/** The same for the dark theme, where dark colors are lighter. */
const TEN_DARK: Rgb[] = ["5aa9f0", "ffb83a", "ee5a3c", "b67be6", "a9bab7", "f68b3c", "c98e7d", "cfc48d", "8d93a6", "a5e8eb"].map(hex);

/** From light to deep blue, in equal steps in Oklab: the colormap of zukan's figures. */
const RAMP: Rgb[] = ["e5f1f5", "c9e4ee", "add6e7", "94c8e0", "7bb9d8", "64a9d0", "4f99c6", "3e88bb", "3278ae", "2b679f", "27568e", "22477c", "1e3969", "182b55"].map(hex);

export function hex(text: string): Rgb {
  const value = parseInt(text.replace("#", ""), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

export const css = ([r, g, b]: Rgb, alpha = 1): string => `rgb(${r} ${g} ${b} / ${alpha})`;

/** One color per class: Petroff's colors for up to ten, otherwise hues at steps of the golden angle in Oklch, in three lightnesses. */
export function classColours(count: number, dark: boolean): Rgb[] {
  const ten = dark ? TEN_DARK : TEN;
  if (count <= ten.length) return ten.slice(0, count);
  return Array.from({ length: count }, (_, k) => oklch([0.62, 0.5, 0.74][k % 3]! + (dark ? 0.1 : 0), 0.13, k * 137.508));
}

/** The color for `t` in 0…1, from light to dark, or from dark to light in the dark theme. */
export function ramp(t: number, dark: boolean): Rgb {
  const along = Math.min(1, Math.max(0, t)) * (RAMP.length - 3);
  const at = dark ? RAMP.length - 2 - along : 2 + along;
  const low = Math.min(RAMP.length - 2, Math.floor(at));
  return RAMP[low]!.map((value, i) => Math.round(value + (at - low) * (RAMP[low + 1]![i]! - value))) as Rgb;
}

/** The color for `t` in 0…1 on both sides of a middle: from blue by gray to orange, all as different from the paper. */
export function diverging(t: number, dark: boolean): Rgb {
  const side = 2 * Math.min(1, Math.max(0, t)) - 1;
  const [middle, end] = dark ? [0.6, 0.86] : [0.65, 0.43];
  const far = Math.abs(side);
  return oklch(middle + far * (end - middle), 0.01 + 0.13 * far ** 0.8, side < 0 ? 250 : 48);
}

/** Oklch to sRGB (https://bottosson.github.io/posts/oklab); hue in degrees. */
export function oklch(lightness: number, chroma: number, hue: number): Rgb {
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s];
  return linear.map((value) => {
    const v = Math.min(1, Math.max(0, value));
    return Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055));
  }) as Rgb;
}
