/** Contrast by WCAG 2.2: a mark must have at least 3:1 to the paper and to any image behind it. */
import type { Rgb } from "./colour.ts";

/** The least contrast of a mark, by criterion 1.4.11. */
export const LEAST = 3;

/** Opacity of decoded images behind points: even a black or white image leaves every mark its contrast. */
export const faint = (dark: boolean): number => (dark ? 0.2 : 0.12);

const linear = (v: number): number => (v <= 10.31475 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
export const luminance = ([r, g, b]: Rgb): number => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);

export function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The paper, and the paper under a faint image that is all black and all white. */
export function backgrounds(paper: Rgb, dark: boolean): Rgb[] {
  const under = (image: number): Rgb => paper.map((value) => value + faint(dark) * (image - value)) as Rgb;
  return [paper, under(0), under(255)];
}
