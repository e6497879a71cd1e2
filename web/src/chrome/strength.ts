/** A slider for the opacity of the images behind the points. */
import type { App } from "../app.ts";
import { h } from "../dom.ts";
import { faint } from "../look/contrast.ts";

export function strength(app: App): HTMLElement {
  const label = app.words()("map.strength");
  const { strength: now } = app.store.get();
  const input = h("input", { type: "range", class: "strength", min: 0, max: 100, step: 1, value: now ?? 100 * faint(app.look().dark), "aria-label": label, title: label,
    on: { input: () => app.store.set({ strength: Number(input.value) }) } });
  return input;
}
