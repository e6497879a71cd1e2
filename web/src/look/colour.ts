/** Colors: one per class, distinguishable with any color vision, and a ramp for amounts. */

export type Rgb = [number, number, number];

/**
 * Ten colors that any color vision can distinguish, near those of Petroff (arXiv:2107.02270) in our own order, moved as little as a
 * contrast of 3:1 to the paper and to faint images needs: dark ones on light paper, light ones on dark paper.
 */
const TEN: Rgb[] = ["167fc8", "b86600", "a60000", "852fb8", "606866", "b14100", "734038", "7e7c54", "4e4d61", "337b91"].map(hex);
const TEN_DARK: Rgb[] = ["4f98da", "ffb73a", "f86242", "c98dfa", "acbdb9", "f4893a", "cb8f7f", "cec28c", "8e94a6", "a4e7e9"].map(hex);

/** Lightness, chroma and hue in Oklch at the two ends of the ramp. */
const RAMP = { light: [[0.55, 0.1, 195], [0.27, 0.14, 300]], dark: [[0.67, 0.15, 290], [0.95, 0.13, 110]] } as const;

export function hex(text: string): Rgb {
  const value = parseInt(text.replace("#", ""), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

export const css = ([r, g, b]: Rgb, alpha = 1): string => `rgb(${r} ${g} ${b} / ${alpha})`;

/** One color per class: Petroff's colors for up to ten, otherwise hues at steps of the golden angle in Oklch, in three lightnesses. */
export function classColours(count: number, dark: boolean): Rgb[] {
  const ten = dark ? TEN_DARK : TEN;
  if (count <= ten.length) return ten.slice(0, count);
  return Array.from({ length: count }, (_, k) => oklch((dark ? [0.72, 0.81, 0.9] : [0.53, 0.44, 0.35])[k % 3]!, 0.13, k * 137.508));
}

/** The color for `t` in 0…1, from lighter to darker, or from darker to lighter in the dark theme; the hue changes with it. */
export function ramp(t: number, dark: boolean): Rgb {
  const along = Math.min(1, Math.max(0, t));
  const [low, high] = RAMP[dark ? "dark" : "light"];
  const [lightness, chroma, hue] = low.map((value, i) => value + along * (high[i]! - value)) as Rgb;
  return oklch(lightness, chroma, hue);
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
