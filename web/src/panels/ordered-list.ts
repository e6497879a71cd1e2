/** The list of a selection, as in the data or ordered by the column that colors the points; otherwise by the score. */
import type { App } from "../app.ts";
import { fill, h } from "../dom.ts";
import { columnName } from "../filter/words.ts";
import { orderBy } from "../math/order.ts";
import { columnOf } from "../state/state.ts";
import { itemList } from "./item-list.ts";

export interface OrderedList {
  el: HTMLElement;
  /** The items in the order that is chosen. */
  items(): Int32Array;
}

export function orderedList(app: App, selection: Int32Array): OrderedList {
  const t = app.words();
  let items = selection;
  const score = app.columns.columns.findIndex(({ built }) => built === "score");
  const k = columnOf(app.store.get().colouring) ?? score;
  const place = h("div", null, itemList(app, items, null));
  if (k < 0) return { el: place, items: () => items };
  const name = columnName(app, k);
  const order = h("select", { "aria-label": t("list.order"), on: { change: () => void sort().catch(app.reportError) } },
    h("option", { value: "data" }, t("list.order.data")), h("option", { value: "up" }, t("list.order.up", { name })), h("option", { value: "down" }, t("list.order.down", { name })));

  async function sort(): Promise<void> {
    const { value } = order;
    items = value === "data" ? selection : orderBy(selection, await app.columns.cells(k), value === "down");
    fill(place, itemList(app, items, value === "data" ? null : k));
  }
  return { el: h("div", null, h("div", { class: "row first" }, order), place), items: () => items };
}
