/** Two maps of the same items, side by side: what one shows of an item or a class, the other one shows too. */
import type { App } from "./app.ts";
import { type Atlas, openAtlas } from "./bundle/atlas.ts";
import { type Files, filesWithin } from "./bundle/files.ts";
import { h } from "./dom.ts";
import type { LinkStorage, Opened } from "./explorer.ts";
import { openItem } from "./map/actions.ts";
import { type ItemOf, itemsByRow, itemsOf, pick } from "./state/rows.ts";
import { type State, type Stop, colourings, columnOf } from "./state/state.ts";

/** What both maps share as it is. Cameras, planes and cursors are their own. */
const SHARED = ["panel", "points", "manifold", "classA", "classB", "curve", "frames", "playing", "seed", "pen", "language", "theme"] as const;

/** Returns a function that ends it. */
export function linkMaps(a: App, b: App): () => void {
  let following = false;
  /** What `from` shows, `to` shows too; both find items by their row. */
  function follow(from: App, itemOfFrom: ItemOf, to: App, itemOfTo: ItemOf): () => void {
    const partner = (item: number): number => itemOfTo(from.atlas.ids.row(item));
    const partnerOrNull = (item: number | null): number | null => (item === null || partner(item) < 0 ? null : partner(item));
    let selection = from.selection();

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
        selection = from.selection();
        Object.assign(patch, pick(itemsOf(Int32Array.from(selection, from.atlas.ids.row), itemOfTo)), { panel: now.panel, pen: now.pen });
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
  chosen?.store.set({ lasso: [...chosen.store.get().lasso] });
  return () => unwatch.forEach((stop) => stop());
}

const isThere = (app: App, colouring: State["colouring"]): boolean =>
  (colourings(app.limits) as readonly string[]).includes(colouring) || colouring === "values" || (columnOf(colouring) ?? Infinity) < app.limits.columns;

/** Whether the values of items mean the same in both, so that a drawing does. */
const sameItems = (a: App, b: App): boolean => (["event_shape", "range", "missing", "table"] as const)
  .every((key) => JSON.stringify(a.atlas.manifest[key]) === JSON.stringify(b.atlas.manifest[key]));

type Start = (root: HTMLElement, files: Files, atlas: Atlas, storage: LinkStorage) => Promise<Opened>;
const FOLDER = "compare"; // of the second bundle, in the first

/** Open the bundle of `atlas` and the one that it is compared with. */
export async function openBoth(root: HTMLElement, files: Files, atlas: Atlas, storage: LinkStorage, start: Start): Promise<Opened> {
  const second = filesWithin(files, FOLDER);
  const atlases = [atlas, await openAtlas(second)];
  const names = atlases.map(({ manifest }) => manifest.name);
  if (storage.linked) document.title = `${names.join(" · ")} · zukan`;
  const sides = names.map((name) => h("section", { class: "zukan", "aria-label": name }));
  const links = halves(storage);
  root.replaceChildren(h("main", { class: "pair" }, ...sides));
  root.classList.add("both");
  const opened = await Promise.all(sides.map((side, k) => start(side, k ? second : files, atlases[k]!, links[k]!)));
  const apps = opened.flatMap((each) => each.apps);
  const unlink = linkMaps(apps[0]!, apps[1]!);
  const theme = (): void => { root.dataset.theme = apps[0]!.store.get().theme; };
  apps[0]!.store.watch(theme);
  theme();
  return {
    apps,
    close() {
      unlink();
      for (const each of opened) each.close();
    },
  };
}

/** The two parts of a link, with "~" between them. */
function halves(storage: LinkStorage): LinkStorage[] {
  const parts = (): string[] => storage.read().replace(/^#/, "").split("~");
  let written = parts();
  return [0, 1].map((k): LinkStorage => ({
    linked: storage.linked,
    read: () => `#${parts()[k] ?? (storage.linked ? "" : parts()[0]!)}`,
    write(link) {
      written = [0, 1].map((other) => (other === k ? link : written[other] ?? ""));
      storage.write(written.join("~"));
    },
    onChange: (listener) => storage.onChange(() => {
      written = parts();
      listener();
    }),
  }));
}
