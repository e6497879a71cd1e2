/** Colors and fonts of the style sheet, for drawing on canvases. */
import type { Theme } from "../state/state.ts";
import { type Rgb, hex } from "./colour.ts";

export interface Look { dark: boolean; paper: Rgb; ink: Rgb; soft: Rgb; rule: Rgb; seal: Rgb; missing: [Rgb, Rgb]; serif: string; sans: string }

export const isDark = (theme: Theme): boolean =>
  theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);

/** Set the theme of `root` and read its colors from the style sheet. */
export function readLook(root: HTMLElement, theme: Theme, dark: boolean): Look {
  root.dataset.theme = theme;
  const style = getComputedStyle(root);
  const colour = (name: string): Rgb => hex(style.getPropertyValue(name).trim());
  return {
    dark, paper: colour("--paper"), ink: colour("--ink"), soft: colour("--soft"), rule: colour("--rule"), seal: colour("--seal"),
    missing: [colour("--missing"), colour("--missing-stripe")],
    serif: style.getPropertyValue("--serif"), sans: style.getPropertyValue("--sans"),
  };
}

export const prefersReducedMotion = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
