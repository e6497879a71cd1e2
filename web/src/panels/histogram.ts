/** The histogram of a column: all items behind those that are visible. Dragging over it, or its two fields, keeps a range. */
import type { App } from "../app.ts";
import { type Filter, isRange, replaced } from "../filter/filter.ts";
import { columnName, endText } from "../filter/words.ts";
import { numberOf } from "../filter/query.ts";
import { type Bins, roundedEnd } from "../filter/bins.ts";
import { canvas, context, h } from "../dom.ts";
import { css } from "../look/colour.ts";

const [WIDTH, HEIGHT] = [640, 112]; // canvas pixels
export const SMALL = 0.04; // if the visible bars are lower than this share of all, they are raised to the same height, and the plot says by how much
const SLOP = 4; // CSS pixels; a shorter drag is a click, which removes the filter

export interface Plot { el: HTMLElement; show(bins: Bins, bars: Uint32Array, filter: Filter | undefined): void }

export function histogram(app: App, k: number): Plot {
  const t = app.words();
  const column = app.columns.columns[k]!;
  const name = columnName(app, k);
  const sheet = canvas(WIDTH, HEIGHT, { class: "histogram", "aria-hidden": "true" });
  const set = (low: number, high: number): void => {
    const { filters } = app.store.get();
    app.store.set({ filters: replaced([...filters], k, low === -Infinity && high === Infinity ? null : { column: k, low, high }) });
  };
  const field = (which: "from" | "to"): HTMLInputElement => h("input", { type: "text", inputmode: column.kind === "date" ? "text" : "decimal", spellcheck: "false", autocomplete: "off", "aria-label": t(`filter.${which}`, { name }), on: { change: () => typed() } });
  const [from, to] = [field("from"), field("to")];
  const missing = h("span", { class: "number", hidden: true });
  let ends: [number, number] = [0, 1];
  let now: [number, number] = [-Infinity, Infinity]; // the range
  const written = ["", ""]; // what the fields say if nothing is typed: less exact than the range, and in the form of the column
  let start: number | null = null;
  let frame = 0;

  function typed(): void {
    const [low, high] = [from, to].map(({ value }, at) => (value.trim() === "" ? [-Infinity, Infinity][at]! : value === written[at] ? now[at]! : numberOf(column, value))) as [number, number];
    if (Number.isNaN(low) || Number.isNaN(high)) app.reportError(new Error(t(column.kind === "date" ? "filter.date.only" : "filter.number.only", { name, value: Number.isNaN(low) ? from.value : to.value })));
    else if (low > high) app.reportError(new Error(t("filter.order", { name })));
    else set(low, high);
  }

  /** The value at a place of the plot; beyond its ends there is no bound. */
  const valueAt = (x: number): number => {
    const box = sheet.getBoundingClientRect();
    const share = (x - box.left) / box.width;
    return share <= 0.005 ? -Infinity : share >= 0.995 ? Infinity : ends[0] + share * (ends[1] - ends[0]);
  };
  const tidied = (value: number): number => (!Number.isFinite(value) ? value : column.kind === "count" ? Math.round(value) : roundedEnd(value, ends[1] - ends[0]));
  sheet.addEventListener("pointerdown", (event) => {
    start = event.clientX;
    sheet.setPointerCapture(event.pointerId);
  });
  sheet.addEventListener("pointermove", (event) => {
    if (start === null || Math.abs(event.clientX - start) <= SLOP) return;
    const [from, to] = [Math.min(start, event.clientX), Math.max(start, event.clientX)];
    cancelAnimationFrame(frame); // a mouse moves more often than the map can be drawn
    frame = requestAnimationFrame(() => set(tidied(valueAt(from)), tidied(valueAt(to))));
  });
  sheet.addEventListener("pointerup", (event) => {
    if (start !== null && Math.abs(event.clientX - start) <= SLOP) set(-Infinity, Infinity);
    start = null;
  });
  sheet.addEventListener("pointercancel", () => { start = null; });

  const text = (value: number): string => endText(app, k, value).replace("−", "-");
  return {
    el: h("div", { class: "plot" }, sheet, h("div", { class: "ends" }, from, missing, to)),
    show(bins, bars, filter) {
      ends = bins.ends!;
      const range = filter && isRange(filter) ? filter : null;
      const look = app.look();
      const on = context(sheet);
      const steps = bins.count - 1;
      const wide = WIDTH / steps;
      const top = Math.max(1, ...bins.all.subarray(0, steps));
      const place = (value: number): number => Math.min(WIDTH, Math.max(0, ((value - ends[0]) / (ends[1] - ends[0])) * WIDTH));
      on.clearRect(0, 0, WIDTH, HEIGHT);
      if (range) {
        on.fillStyle = css(look.rule, 0.5);
        on.fillRect(place(range.low), 0, Math.max(2, place(range.high) - place(range.low)), HEIGHT);
      }
      const visible = Math.max(...bars.subarray(0, steps));
      const raised = visible > 0 && visible < SMALL * top ? top / visible : 1;
      for (const [values, colour, by] of [[bins.all, css(look.soft, 0.35), 1], [bars, css(look.ink), raised]] as const) {
        on.fillStyle = colour;
        for (let bar = 0; bar < steps; bar++) {
          const tall = values[bar]! === 0 ? 0 : Math.max(2, ((values[bar]! * by) / top) * (HEIGHT - 4));
          on.fillRect(bar * wide + 1, HEIGHT - tall, wide - 2, tall);
        }
      }
      if (raised > 1) {
        on.font = `22px ${look.sans}`;
        on.textAlign = "right";
        on.fillStyle = css(look.ink);
        on.fillText(`×${t.count(raised)}`, WIDTH - 6, 22);
      }
      if (range) {
        on.fillStyle = css(look.seal);
        for (const value of [range.low, range.high]) if (Number.isFinite(value)) on.fillRect(place(value) - 2, 0, 4, HEIGHT);
      }
      now = [range?.low ?? -Infinity, range?.high ?? Infinity];
      for (const [at, input] of [from, to].entries()) {
        if (document.activeElement !== input) input.value = written[at] = Number.isFinite(now[at]!) ? text(now[at]!) : "";
      }
      from.placeholder = text(ends[0]);
      to.placeholder = text(ends[1]);
      missing.hidden = bins.all[steps] === 0;
      missing.textContent = t("filter.missing", { n: t.count(bars[steps]!) });
    },
  };
}
