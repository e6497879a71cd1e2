/** Items side by side: framed images with captions or, of a table, one card with a column for each. */
import type { App } from "../app.ts";
import { type Child, h } from "../dom.ts";
import { type Row, createCard } from "./card.ts";
import { figure, plate } from "./parts.ts";

/** What is shown, and whether the model has decoded it; `note` stands behind the caption of an image. */
export interface Entry { text: string; decoded: boolean; note?: Child }
export interface Gallery {
  el: HTMLElement;
  /** Show values in 0…1 at a place; null for none. */
  show(at: number, unit: Float32Array | null): void;
  /** Show an item as it is. */
  showItem(at: number, item: number): Promise<void>;
}

/** `kind` is the size of images. */
export function gallery(app: App, entries: Entry[], kind: "large" | "middle" = "middle"): Gallery {
  const { table } = app;
  if (!table) {
    const plates = entries.map(({ text }) => plate(app, text, kind));
    const layout = entries.length === 1 ? "plates one" : entries.length === 2 ? "plates two" : "plates";
    return {
      el: h("div", { class: layout }, ...entries.map(({ text, note }, at) => figure(plates[at]!.el, text, note))),
      show: (at, unit) => plates[at]!.show(unit),
      showItem: async (at, item) => plates[at]!.show(await app.items.unit(item)),
    };
  }
  const card = createCard(app, entries.map(({ text }) => text).join(", "), entries);
  const rows: Row[] = entries.map(() => null);
  const put = (at: number, row: Row): void => {
    rows[at] = row;
    card.show(...rows);
  };
  return {
    el: card.el,
    show: (at, unit) => put(at, unit && table.rows.values(unit)),
    showItem: async (at, item) => put(at, await table.row(item)),
  };
}
