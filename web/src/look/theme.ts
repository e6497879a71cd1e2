/** The colours of the sheet as the style sheet has them, for what is drawn on canvases. */
import type { Theme } from "../state/state.ts";
import { type Rgb, hex } from "./colour.ts";

export interface Look { dark: boolean; paper: Rgb; ink: Rgb; soft: Rgb; rule: Rgb; seal: Rgb; serif: string; sans: string }

export const isDark = (theme: Theme): boolean =>
  theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);

/** `root` takes the theme, which the style sheet answers with its colours. */
export function readLook(root: HTMLElement, theme: Theme, dark: boolean): Look {
  root.dataset.theme = theme;
  const style = getComputedStyle(root);
  const colour = (name: string): Rgb => hex(style.getPropertyValue(name).trim());
  return {
    dark, paper: colour("--paper"), ink: colour("--ink"), soft: colour("--soft"), rule: colour("--rule"), seal: colour("--seal"),
    serif: style.getPropertyValue("--serif"), sans: style.getPropertyValue("--sans"),
  };
}

export const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
