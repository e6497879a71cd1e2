/** The colors of a column below the map. A level or a part of the scale is a button that keeps only its points. */
import type { App } from "../app.ts";
import { canvas, context, h } from "../dom.ts";
import { roundedEnd } from "../filter/bins.ts";
import { isRange, isLevels, MISSING, replaced, toggleLevel } from "../filter/filter.ts";
import { columnName, levelName } from "../filter/words.ts";
import { type Rgb, css } from "../look/colour.ts";
import { cellText } from "../look/cells.ts";
import type { Scale } from "../map/point-colours.ts";
import { tidy } from "../bundle/columns.ts";
import { dot } from "../panels/parts.ts";

const PARTS = 8; // of a scale
const WIDTH = 24; // pixels of a part

/** Whether a level of a column is kept by a filter of its own. */
export function isKept(app: App, k: number, level: number): boolean {
  return app.store.get().filters.some((filter) => filter.column === k && isLevels(filter) && filter.levels.includes(level));
}

/** A level with its color, as a button. */
function levelButton(app: App, k: number, level: number, colour: Rgb): HTMLElement {
  return h("button", { type: "button", class: "class", "aria-pressed": String(isKept(app, k, level)), on: { click: () => app.store.set({ filters: toggleLevel([...app.store.get().filters], k, level) }) } },
    dot(colour), h("span", { class: "clip" }, levelName(app, k, level)));
}

/** The levels of a column; a gap is there if cells are missing. */
export function levelLegend(app: App, k: number, palette: Rgb[], hasGap: boolean): HTMLElement {
  const name = columnName(app, k);
  const last = palette.length - 1;
  return h("div", { class: "classes levels", role: "group", tabindex: "0", "aria-label": name }, h("span", { class: "clip", title: name }, name),
    ...palette.slice(0, last).map((colour, level) => levelButton(app, k, level, colour)), hasGap ? levelButton(app, k, MISSING, palette[last]!) : null);
}

/** A scale of colors, whose outer parts have no end. */
export function scaleLegend(app: App, k: number, palette: Rgb[], { low, high }: Scale, hasGap: boolean): HTMLElement {
  const t = app.words();
  const about = app.columns.columns[k]!;
  const name = columnName(app, k);
  const colours = palette.slice(0, -1);
  const text = (value: number): string => cellText(t, about, tidy({ ...about, low: null, high: null }, value));
  const bound = (part: number): number => (part === 0 ? -Infinity : part === PARTS ? Infinity : roundedEnd(low + (part / PARTS) * (high - low), high - low || 1));
  const now = app.store.get().filters.find((filter) => filter.column === k && isRange(filter));
  const parts = Array.from({ length: PARTS }, (_, part) => {
    const [from, to] = [bound(part), bound(part + 1)];
    const sheet = canvas(WIDTH, 10, { "aria-hidden": "true" });
    const on = context(sheet);
    for (let x = 0; x < WIDTH; x++) {
      on.fillStyle = css(colours[Math.round(((part + x / WIDTH) / PARTS) * (colours.length - 1))]!);
      on.fillRect(x, 0, 1, 10);
    }
    const isOn = now !== undefined && isRange(now) && now.low <= from && now.high >= to;
    const press = (event: MouseEvent): void => {
      const { filters } = app.store.get();
      const range = event.shiftKey && now && isRange(now) ? { column: k, low: Math.min(now.low, from), high: Math.max(now.high, to) } : { column: k, low: from, high: to };
      const isSame = now && isRange(now) && now.low === range.low && now.high === range.high;
      app.store.set({ filters: replaced([...filters], k, isSame ? null : range) });
    };
    const label = part === 0 ? t("filter.below", { name, value: text(to) }) : part === PARTS - 1 ? t("filter.above", { name, value: text(from) }) : t("filter.between", { name, low: text(from), high: text(to) });
    return h("button", { type: "button", class: "part", "aria-pressed": String(isOn), "aria-label": label, title: label, on: { click: press } }, sheet);
  });
  return h("div", { class: "amounts" }, h("span", { class: "clip", title: name }, name), h("span", { class: "number" }, text(low)),
    h("span", { class: "parts", role: "group", "aria-label": name }, ...parts), h("span", { class: "number" }, text(high)),
    hasGap ? levelButton(app, k, MISSING, palette.at(-1)!) : null);
}
