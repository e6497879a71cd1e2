/** Sliders for the values of a vector, or for the cells of a row. Values that may be missing have a button that marks them as missing. */
import type { App } from "../app.ts";
import { byteOf } from "../bundle/levels.ts";
import { tidy, valueAt } from "../bundle/columns.ts";
import { h } from "../dom.ts";
import { cellText } from "../look/cells.ts";
import { missingSwatch } from "./parts.ts";

const MAX_SLIDERS = 64;

export function valueSliders(app: App): { el: HTMLElement; show(values: Uint8Array | null): void } {
  const t = app.words();
  const [low, high] = app.atlas.manifest.range;
  const { missing } = app.levels;
  const columns = app.table?.columns;
  const top = (j: number): number => app.table?.rows.steps[j] ?? app.levels.top;
  const zero = (j: number): number => (columns ? Math.floor(top(j) / 2) : byteOf(-low / (high - low), app.levels));
  const start = (j: number): number => missing ?? zero(j); // of the values that are not set
  const textOf = (j: number, byte: number): string => (columns ? cellText(t, columns[j]!, tidy(columns[j]!, valueAt(columns[j]!, byte / top(j)))) : t.real(low + (byte / top(j)) * (high - low)));
  const change = (j: number, value: number): void => {
    const values = app.store.get().drawing?.slice() ?? Uint8Array.from({ length: app.size }, (_, k) => start(k));
    values[j] = value;
    app.store.set({ drawing: values });
  };
  const rows = Array.from({ length: Math.min(MAX_SLIDERS, app.size) }, (_, j) => {
    const input = h("input", { type: "range", min: 0, max: top(j), step: 1, "aria-label": columns?.[j]!.name ?? t("draw.value", { n: j + 1 }), on: { input: () => change(j, Number(input.value)) } });
    const output = h("output", null);
    const name = columns?.[j]!.name;
    const lacking = name === undefined ? t("draw.value.lacks", { n: j + 1 }) : t("draw.cell.lacks", { name });
    const lacks = missing === null ? null : h("button", {
      type: "button", class: "lacks", title: lacking, "aria-label": lacking,
      on: { click: () => change(j, lacks!.getAttribute("aria-pressed") === "true" ? zero(j) : missing) },
    }, missingSwatch());
    return { input, output, lacks, row: h("div", { class: `slider value ${lacks ? "may-lack" : ""} ${columns ? "named-value" : ""}` }, h("span", { class: "number" }, name ?? j + 1), input, output, lacks) };
  });
  return {
    el: h("div", { class: "sliders" }, ...rows.map(({ row }) => row)),
    show(values) {
      rows.forEach(({ input, output, lacks, row }, j) => {
        const value = values?.[j] ?? start(j);
        const isMissing = value === missing;
        input.value = String(isMissing ? zero(j) : value);
        if (isMissing) input.setAttribute("aria-valuetext", t("missing"));
        else if (columns) input.setAttribute("aria-valuetext", textOf(j, value));
        else input.removeAttribute("aria-valuetext");
        output.textContent = isMissing ? t("missing") : textOf(j, value);
        lacks?.setAttribute("aria-pressed", String(isMissing));
        row.classList.toggle("idle", isMissing);
      });
    },
  };
}
