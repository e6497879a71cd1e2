import { expect, it } from "vitest";
import { idsOf } from "../../src/bundle/ids.ts";
import { colourByName } from "../../src/state/values.ts";
import { itemsByRow, itemsOf, pick } from "../../src/state/rows.ts";
import { linkMaps } from "../../src/state/link-maps.ts";
import type { App } from "../../src/app.ts";
import { type Limits, type State, initialState } from "../../src/state/state.ts";
import { createStore } from "../../src/state/store.ts";
import { notebookTheme } from "../../src/notebook.ts";

/** As much of an app as links of maps need: `rows` are those of its items. */
function appOf(rows: number[], changes: object = {}): App {
  const ids = idsOf(Int32Array.from(rows), null);
  const limits: Limits = { dim: 1, ids, classes: 2, settings: 0, columns: 1, score: true, pca: false, umap: false, size: 1, activity: [0] };
  const store = createStore<State>(initialState(limits, "en"));
  const lasso = (): Int32Array => Int32Array.from(store.get().lasso, ([item]) => item);
  const manifest = { event_shape: [1], range: [0, 1], missing: false, table: null, ...changes };
  let last: { now: State; selection: Int32Array } | null = null;
  return {
    store, limits, atlas: { ids, count: rows.length, manifest }, mean: (item: number) => [item], columns: { columns: [{ name: "age" }] },
    selection() {
      const now = store.get();
      if (!last || last.now.lasso !== now.lasso) last = { now, selection: lasso() };
      return now.picked ?? last.selection;
    },
  } as unknown as App;
}

it("rows are items and back; unknown rows are left out", () => {
  const itemOf = itemsByRow({ ids: idsOf(Int32Array.of(7, 5, 2 ** 31 - 1), null), count: 3 });
  expect([5, 7, 2 ** 31 - 1, 0].map(itemOf)).toEqual([1, 0, 2, -1]);
  expect([...itemsOf([5, 9, 7], itemOf)]).toEqual([0, 1]);
  expect(pick(initialState({ dim: 1, activity: [0] } as unknown as Limits, "en"), new Int32Array(0)).panel).toBeUndefined();
});

it("what one map shows of items, the other one shows of the items with these rows", () => {
  const [a, b] = [appOf([10, 11, 12, 13]), appOf([13, 12, 11, 10])];
  const stop = linkMaps(a, b);
  a.store.set({ item: 0, panel: "point" });
  expect(b.store.get()).toMatchObject({ item: 3, z: [3], panel: "point" });
  b.store.set({ hovered: 0 });
  expect(a.store.get()).toMatchObject({ pointed: 3, z: [3], hovered: null });
  a.store.set({ pinned: true, z: [9] });
  b.store.set({ hovered: null });
  b.store.set({ hovered: 1 });
  expect(a.store.get()).toMatchObject({ pointed: 2, z: [9] }); // pinned

  a.store.set({ lasso: [[0, 0], [2, 0]], panel: "select" });
  expect([...b.selection()]).toEqual([1, 3]);
  b.store.set({ lasso: [[0, 0]], picked: null });
  expect([...a.selection()]).toEqual([3]);
  a.store.set({ hovered: 1 }); // the picked items do not go back
  expect(b.store.get()).toMatchObject({ lasso: [[0, 0]], picked: null });

  a.store.set({ stops: [{ item: 0 }, { item: 1 }] });
  expect(b.store.get().stops).toEqual([{ item: 3 }, { item: 2 }]);
  a.store.set({ stops: [{ item: 0 }, { z: [1] }] });
  expect(b.store.get().stops).toEqual([{ item: 3 }, { item: 2 }]); // a code means nothing on the other map
  const column = { name: "values" } as never;
  a.store.set({ values: { column, cells: Float64Array.of(1, 2, 3, NaN) }, colouring: "values" });
  expect([...b.store.get().values!.cells]).toEqual([NaN, 3, 2, 1]);
  expect(b.store.get().colouring).toBe("values");
  stop();
  a.store.set({ item: 2 });
  expect(b.store.get().item).toBe(3);
});

it("a drawing is shared only if its values mean the same", () => {
  for (const [range, drawing] of [[[0, 1], Uint8Array.of(5)], [[0, 2], null]] as const) {
    const [a, b] = [appOf([0]), appOf([0], { range })];
    linkMaps(a, b);
    a.store.set({ drawing: Uint8Array.of(5) });
    expect(b.store.get().drawing).toEqual(drawing);
  }
});

it("colors by a name that the page has", () => {
  const app = appOf([0]);
  for (const [name, colouring] of [["score", "score"], ["age", "column0"], ["no such", "column0"]] as const) {
    colourByName(app, name);
    expect(app.store.get().colouring).toBe(colouring);
  }
});

it("knows the themes of notebooks", () => {
  const themeOf = (dataset: object, theme: string | null = null): string =>
    notebookTheme({ body: { dataset }, documentElement: { getAttribute: () => theme } } as unknown as Document);
  expect([themeOf({ jpThemeLight: "true" }), themeOf({ jpThemeLight: "false" })]).toEqual(["t=light", "t=dark"]);
  expect(["vscode-light", "vscode-dark", "vscode-high-contrast", "vscode-high-contrast-light"].map((kind) => themeOf({ vscodeThemeKind: kind })))
    .toEqual(["t=light", "t=dark", "t=dark", "t=light"]);
  expect([themeOf({}, "dark"), themeOf({}, "light"), themeOf({})]).toEqual(["t=dark", "t=light", ""]);
});
