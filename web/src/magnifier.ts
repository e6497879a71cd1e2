/** A floating box next to the cursor that shows what is decoded there: an image or, of a table, a card; over an item, that item. */
import type { App } from "./app.ts";
import { fill, h } from "./dom.ts";
import { BORDER, type View } from "./map/camera.ts";
import { createCard } from "./panels/card.ts";
import { itemCells } from "./panels/item-cells.ts";
import { figure, itemLabel, latestTask, plate } from "./panels/parts.ts";

const GAP = 22;
const MOST = 9; // columns of a card
const MOST_CELLS = 4; // columns below it

export interface Magnifier {
  el: HTMLElement;
  show(unit: Float32Array): void;
  /** The item under the pointer, which is shown instead; null for none. */
  over(item: number | null): void;
  /** Move it next to the point `at` of the map, in pixels; null hides it. */
  move(at: [number, number] | null, view: View, touch: boolean): void;
}

/** `resized` is called after the content has another size, so that the caller can move the box. */
export function createMagnifier(app: App, resized: () => void): Magnifier {
  const content = app.table ? rows(app, resized) : image(app, resized);
  const el = h("div", { class: "magnifier", "aria-hidden": "true", hidden: true }, ...content.els); // the panel has the same with labels
  return {
    el,
    show: content.show,
    over: content.over,
    move(at, view, touch) {
      el.hidden = at === null;
      if (!at) return;
      const [width, height] = [el.offsetWidth, el.offsetHeight];
      const gap = touch ? 3 * GAP : GAP; // a finger must not cover it
      let [x, y] = [at[0] + gap, at[1] - gap - height];
      if (x + width > view.width - BORDER) x = at[0] - gap - width;
      if (y < BORDER) y = at[1] + gap;
      [x, y] = [Math.max(BORDER, x), Math.max(BORDER, Math.min(y, view.height - BORDER - height))];
      el.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
    },
  };
}

type Content = Pick<Magnifier, "show" | "over"> & { els: HTMLElement[] };

/** What stands above and below an item: its name and class, and the first columns beside its own values. */
function aboutItem(app: App): { title: HTMLElement; cells: HTMLElement; show(item: number | null): void } {
  const title = h("p", { class: "magnifier-title" });
  const cells = h("div", null);
  return {
    title, cells,
    show(item) {
      title.hidden = cells.hidden = item === null;
      if (item === null) return;
      fill(title, itemLabel(app, item));
      fill(cells, itemCells(app, item, MOST_CELLS));
    },
  };
}

/** Show the item under the pointer, or call `away` if it has left; nothing is done for the item that is shown already. */
function follow(app: App, showItem: (item: number) => Promise<void>, away: () => void): (item: number | null) => void {
  let shown: number | null = null;
  return (item) => {
    if (item === shown) return;
    shown = item;
    if (item === null) away();
    else showItem(item).catch(app.reportError);
  };
}

function image(app: App, resized: () => void): Content {
  const t = app.words();
  const picture = plate(app, t("cursor.decoded"), "middle");
  const [original, decoded] = [plate(app, t("point.original"), "middle"), plate(app, t("point.mean"), "middle")];
  const both = h("div", { class: "magnifier-both", hidden: true }, figure(original.el, t("point.original")), figure(decoded.el, t("card.decoded")));
  const about = aboutItem(app);
  const startTask = latestTask();
  about.show(null);

  async function showItem(item: number): Promise<void> {
    const isLatest = startTask();
    const unit = await app.items.unit(item);
    if (!isLatest()) return;
    original.show(unit);
    decoded.show(null);
    about.show(item);
    both.hidden = false;
    picture.el.hidden = true;
    resized();
    const [engine, condition] = [await app.engine, await app.atlas.conditions.ofItem(item)];
    const x = await engine.decode(Float32Array.from(app.mean(item)), 1, condition, true);
    if (isLatest()) decoded.show(app.toUnit(x));
  }
  return {
    els: [about.title, both, picture.el, about.cells], show: picture.show,
    over: follow(app, showItem, () => {
      startTask();
      about.show(null);
      both.hidden = true;
      picture.el.hidden = false;
      resized();
    }),
  };
}

function rows(app: App, resized: () => void): Content {
  const t = app.words();
  const table = app.table!;
  const decoded = createCard(app, "", [{ text: t("card.decoded"), decoded: true }], MOST);
  const both = createCard(app, "", [{ text: t("card.own"), decoded: false }, { text: t("card.decoded"), decoded: true }], MOST);
  const about = aboutItem(app);
  const startTask = latestTask();
  about.show(null);
  both.el.hidden = true;

  async function showItem(item: number): Promise<void> {
    const isLatest = startTask();
    const row = await table.row(item);
    if (!isLatest()) return;
    about.show(item);
    both.show(row, null);
    both.el.hidden = false;
    decoded.el.hidden = true;
    resized();
    const [engine, condition] = [await app.engine, await app.atlas.conditions.ofItem(item)];
    const x = await engine.decode(Float32Array.from(app.mean(item)), 1, condition, true);
    if (isLatest()) both.show(row, table.rows.values(app.toUnit(x)));
    resized();
  }
  return {
    els: [about.title, both.el, decoded.el, about.cells],
    show: (unit) => decoded.show(table.rows.values(unit)),
    over: follow(app, showItem, () => {
      startTask();
      about.show(null);
      both.el.hidden = true;
      decoded.el.hidden = false;
      resized();
    }),
  };
}
