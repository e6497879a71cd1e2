/** Links two maps of the same items: what one shows of an item or a class, the other one shows too. */
import type { App } from "../app.ts";
import { openItem } from "../map/actions.ts";
import { type ItemOf, itemsByRow, itemsOf, pick } from "./rows.ts";
import { selecting } from "./selecting.ts";
import { type State, type Stop, colourings, columnOf } from "./state.ts";

/** What both maps share as it is. Cameras, planes and cursors are their own. */
const SHARED = ["panel", "points", "manifold", "classA", "classB", "curve", "frames", "playing", "seed", "pen", "language", "theme"] as const;

/** Returns a function that ends it. */
export function linkMaps(a: App, b: App): () => void {
  let following = false;
  /** What `from` shows, `to` shows too; both find items by their row. */
  function follow(from: App, itemOfFrom: ItemOf, to: App, itemOfTo: ItemOf): () => void {
    const partner = (item: number): number => itemOfTo(from.atlas.ids.row(item));
    const partnerOrNull = (item: number | null): number | null => (item === null || partner(item) < 0 ? null : partner(item));
    let selection: Int32Array = new Int32Array(0);

    function changes(now: State, before: State): Partial<State> {
      const patch: Partial<State> = Object.fromEntries(SHARED.filter((key) => now[key] !== before[key]).map((key) => [key, now[key]]));
      if (now.item !== before.item) {
        const item = partnerOrNull(now.item);
        Object.assign(patch, item === null ? { item } : openItem(to, item), { panel: now.panel });
      }
      if (now.hovered !== before.hovered) {
        const item = partnerOrNull(now.hovered);
        Object.assign(patch, { pointed: item }, item === null || to.store.get().pinned ? {} : { z: to.mean(item) });
      }
      if (now.values && now.values !== before.values) {
        const { column, cells } = now.values;
        patch.values = { column, cells: Float64Array.from({ length: to.atlas.count }, (_, item) => cells[itemOfFrom(to.atlas.ids.row(item))] ?? NaN) };
      }
      if (now.colouring !== before.colouring && isThere(to, now.colouring)) patch.colouring = now.colouring;
      if (now.condition !== before.condition && from.limits.settings === to.limits.settings) patch.condition = now.condition;
      if (now.stops !== before.stops && now.stops.every((stop) => "item" in stop && partner(stop.item) >= 0)) {
        patch.stops = now.stops.map((stop): Stop => ("item" in stop ? { item: partner(stop.item) } : stop));
      }
      if (now.drawing !== before.drawing && sameItems(from, to)) patch.drawing = now.drawing;
      if (!now.open && from.selection() !== selection) {
        const last = selection;
        selection = from.selection();
        if (last.length + selection.length === 0) return patch; // nothing is selected, as before
        const items = itemsOf(Int32Array.from(selection, from.atlas.ids.row), itemOfTo);
        Object.assign(patch, selection.length ? pick(to.store.get(), items) : selecting(to.store.get()), { panel: now.panel, pen: now.pen });
      }
      return patch;
    }

    return from.store.watch((now, before) => {
      if (following) {
        selection = from.selection(); // the other map chose it
        return;
      }
      const patch = changes(now, before);
      if (Object.keys(patch).length === 0) return;
      following = true;
      try {
        to.store.set(patch);
      } finally {
        following = false;
      }
    });
  }
  const [itemOfA, itemOfB] = [itemsByRow(a.atlas), itemsByRow(b.atlas)];
  const unwatch = [follow(a, itemOfA, b, itemOfB), follow(b, itemOfB, a, itemOfA)];
  const chosen = [a, b].find((app) => app.selection().length > 0); // by the link
  chosen?.store.set({}); // tells the other one
  return () => unwatch.forEach((stop) => stop());
}

const isThere = (app: App, colouring: State["colouring"]): boolean =>
  (colourings(app.limits) as readonly string[]).includes(colouring) || colouring === "values" || (columnOf(colouring) ?? Infinity) < app.limits.columns;

/** Whether the values of items mean the same in both, so that a drawing does. */
const sameItems = (a: App, b: App): boolean => (["event_shape", "range", "missing", "table"] as const)
  .every((key) => JSON.stringify(a.atlas.manifest[key]) === JSON.stringify(b.atlas.manifest[key]));
