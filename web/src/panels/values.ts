/** Sliders for the values of a vector. Values that may be missing have a button that marks them as missing. */
import type { App } from "../app.ts";
import { byteOf } from "../bundle/levels.ts";
import { h } from "../dom.ts";
import { missingSwatch } from "./parts.ts";

const MAX_SLIDERS = 64;

export function valueSliders(app: App): { el: HTMLElement; show(values: Uint8Array | null): void } {
  const t = app.words();
  const [low, high] = app.atlas.manifest.range;
  const { top, missing } = app.levels;
  const zero = byteOf(-low / (high - low), app.levels);
  const start = missing ?? zero; // of the values that are not set
  const change = (j: number, value: number): void => {
    const values = app.store.get().drawing?.slice() ?? new Uint8Array(app.size).fill(start);
    values[j] = value;
    app.store.set({ drawing: values });
  };
  const rows = Array.from({ length: Math.min(MAX_SLIDERS, app.size) }, (_, j) => {
    const input = h("input", { type: "range", min: 0, max: top, step: 1, "aria-label": t("draw.value", { n: j + 1 }), on: { input: () => change(j, Number(input.value)) } });
    const output = h("output", null);
    const lacks = missing === null ? null : h("button", {
      type: "button", class: "lacks", title: t("draw.value.lacks", { n: j + 1 }), "aria-label": t("draw.value.lacks", { n: j + 1 }),
      on: { click: () => change(j, lacks!.getAttribute("aria-pressed") === "true" ? zero : missing) },
    }, missingSwatch());
    return { input, output, lacks, row: h("div", { class: `slider value ${lacks ? "may-lack" : ""}` }, h("span", { class: "number" }, j + 1), input, output, lacks) };
  });
  return {
    el: h("div", { class: "sliders" }, ...rows.map(({ row }) => row)),
    show(values) {
      rows.forEach(({ input, output, lacks, row }, j) => {
        const value = values?.[j] ?? start;
        const isMissing = value === missing;
        input.value = String(isMissing ? zero : value);
        if (isMissing) input.setAttribute("aria-valuetext", t("missing"));
        else input.removeAttribute("aria-valuetext");
        output.textContent = isMissing ? t("missing") : t.real(low + (value / top) * (high - low));
        lacks?.setAttribute("aria-pressed", String(isMissing));
        row.classList.toggle("idle", isMissing);
      });
    },
  };
}
