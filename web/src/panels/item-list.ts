/** A list of many items of which only the rows in view exist. Each row shows the item, its name and its cell in a column, by default the one that colors the points. */
import type { App } from "../app.ts";
import { fill, h } from "../dom.ts";
import { columnName, itemCell } from "../filter/words.ts";
import { openItem } from "../map/actions.ts";
import { columnOf } from "../state/state.ts";
import { itemLabel, plate } from "./parts.ts";

const ROW = 44; // CSS pixels
const VIEW = 8; // rows that the list shows at once
const TALLEST = 8e6; // CSS pixels; browsers cannot scroll through much taller elements, so that rows are then skipped in proportion
const BEYOND = 3; // rows above and below the view

/** The number of the first row in view, for a list of `count` rows that is scrolled to `top` of `height` pixels. */
export function firstRow(count: number, top: number, height: number, view: number): number {
  const whole = count * ROW;
  const at = whole <= height ? top : (top / Math.max(1, height - view)) * (whole - view);
  return Math.max(0, Math.min(count - 1, Math.floor(at / ROW)));
}

export function itemList(app: App, items: Int32Array, column: number | null): HTMLElement {
  const t = app.words();
  const height = Math.min(TALLEST, items.length * ROW);
  const view = Math.min(VIEW, items.length) * ROW;
  const inner = h("div", { class: "list-inner", role: "list" });
  const el = h("div", { class: "item-list", role: "region", tabindex: "0", "aria-label": t("list.label", { n: t.count(items.length) }), on: { scroll: () => draw() } }, inner);
  el.style.height = `${view}px`;
  inner.style.height = `${height}px`;
  const rows = new Map<number, HTMLElement>();
  const k = column ?? columnOf(app.store.get().colouring);
  const cellOf = (item: number): string => (k !== null ? itemCell(app, k, item) : app.store.get().colouring === "score" && app.atlas.score ? t.real(app.atlas.score[item]!, 1) : "");
  const note = app.atlas.ids.named ? -1 : app.columns.columns.findIndex(({ kind }) => kind === "text"); // stands beside a number, which tells less
  const again = (): void => {
    rows.clear();
    fill(inner);
    draw();
  };
  if (k !== null && !app.columns.loaded(k)) app.columns.cells(k).then(again, app.reportError);
  if (note >= 0 && !app.columns.loadedTexts(note)) app.columns.texts(note).then(again, app.reportError);

  function row(at: number): HTMLElement {
    const item = items[at]!;
    const image = app.table ? null : plate(app, "", "small");
    image?.el.setAttribute("aria-hidden", "true");
    const label = itemLabel(app, item);
    if (image) app.items.unit(item).then((unit) => { if (rows.has(at)) image.show(unit); }, app.reportError);
    const cell = cellOf(item);
    return h("div", { role: "listitem", class: "list-row", "aria-setsize": items.length, "aria-posinset": at + 1 },
      h("button", { type: "button", title: k === null ? label : `${label}. ${columnName(app, k)}: ${cell}`, on: { click: () => app.store.set(openItem(app, item)) } },
        image?.el, h("span", { class: "clip name" }, app.atlas.ids.of(item), note < 0 ? null : ` · ${itemCell(app, note, item)}`), h("span", { class: "clip cell" }, cell || (app.classOf(item) === null ? "" : app.className(app.classOf(item)!)))));
  }

  function draw(): void {
    const first = firstRow(items.length, el.scrollTop, height, view);
    const [from, to] = [Math.max(0, first - BEYOND), Math.min(items.length, first + VIEW + BEYOND)];
    const offset = items.length * ROW > height ? el.scrollTop - first * ROW : 0; // rows that are skipped keep their places in the view
    for (const [at, element] of rows) {
      if (at >= from && at < to) continue;
      element.remove();
      rows.delete(at);
    }
    for (let at = from; at < to; at++) {
      const element = rows.get(at) ?? row(at);
      element.style.transform = `translateY(${at * ROW + offset}px)`;
      if (!rows.has(at)) {
        rows.set(at, element);
        inner.append(element);
      }
    }
  }
  draw();
  return el;
}
