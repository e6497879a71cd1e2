/** Sliders for the values of a vector. */
import type { App } from "../app.ts";
import { h } from "../dom.ts";

const MAX_SLIDERS = 64;

export function valueSliders(app: App): { el: HTMLElement; show(values: Uint8Array | null): void } {
  const t = app.words();
  const [low, high] = app.atlas.manifest.range;
  const change = (j: number, value: number): void => {
    const values = app.store.get().drawing?.slice() ?? new Uint8Array(app.size).fill(Math.round((255 * -low) / (high - low)));
    values[j] = value;
    app.store.set({ drawing: values });
  };
  const rows = Array.from({ length: Math.min(MAX_SLIDERS, app.size) }, (_, j) => {
    const input = h("input", { type: "range", min: 0, max: 255, step: 1, "aria-label": t("draw.value", { n: j + 1 }), on: { input: () => change(j, Number(input.value)) } });
    const output = h("output", null);
    return { input, output, row: h("div", { class: "slider value" }, h("span", { class: "number" }, j + 1), input, output) };
  });
  return {
    el: h("div", { class: "sliders" }, ...rows.map(({ row }) => row)),
    show(values) {
      rows.forEach(({ input, output }, j) => {
        const value = values?.[j] ?? Math.round((255 * -low) / (high - low));
        input.value = String(value);
        output.textContent = t.real(low + (value / 255) * (high - low));
      });
    },
  };
}
