/** The legend of values from Python, by which the page cannot filter. */
import type { App } from "../app.ts";
import { tidy } from "../bundle/columns.ts";
import { canvas, context, h } from "../dom.ts";
import { cellText } from "../look/cells.ts";
import { type Rgb, css } from "../look/colour.ts";
import { colourOfColumn } from "../map/point-colours.ts";
import { dot } from "../panels/parts.ts";
import type { Values } from "../state/values.ts";

const WIDTH = 160;

const named = (colour: Rgb, name: string): HTMLElement => h("span", { class: "named" }, dot(colour), h("span", { class: "clip" }, name));

/** A bar of all colors of a scale. */
export function ramped(palette: Rgb[]): HTMLElement {
  const bar = canvas(WIDTH, 8, { class: "ramp", "aria-hidden": "true" });
  const on = context(bar);
  for (let x = 0; x < WIDTH; x++) {
    on.fillStyle = css(palette[Math.round((x / (WIDTH - 1)) * (palette.length - 1))]!);
    on.fillRect(x, 0, 1, 8);
  }
  return bar;
}

export function valuesLegend(app: App, { column, cells }: Values): HTMLElement {
  const t = app.words();
  const { palette, scale } = colourOfColumn(column, cells, app.look().dark);
  const colours = palette.slice(0, -1); // the last one is the color of missing values
  const gap = cells.some(Number.isNaN) ? named(palette.at(-1)!, t("missing")) : null;
  const name = h("span", { class: "clip", title: column.name }, column.name);
  const end = (value: number): HTMLElement => h("span", { class: "number" }, cellText(t, column, tidy(column, value)));
  if (scale) return h("div", { class: "amounts" }, name, end(scale.low), ramped(colours), end(scale.high), gap);
  return h("div", { class: "classes levels", role: "group", tabindex: "0", "aria-label": column.name }, name,
    ...colours.map((colour, level) => named(colour, cellText(t, column, level))), gap);
}
