/** The selection panel: number and classes of the selected items, their mean, and what they are called as a file. */
import { button, fill, h } from "../dom.ts";
import { toWorld } from "../map/camera.ts";
import { uniform } from "../math/random.ts";
import { summary } from "../math/stats.ts";
import { selectionRows } from "../save/selection.ts";
import { table } from "../save/csv.ts";
import { download, fileName } from "../save/download.ts";
import type { App } from "../app.ts";
import { selecting } from "../state/selecting.ts";
import type { State } from "../state/state.ts";
import type { PanelMaker } from "./panel.ts";
import { positionOf } from "../bundle/columns.ts";
import { typicalCell } from "../math/typical.ts";
import { gallery } from "./gallery.ts";
import { groupName, selectedGroup } from "./group-names.ts";
import { type OrderedList, orderedList } from "./ordered-list.ts";
import { choices, decodeAll, itemButton, latestTask, section, swatch } from "./parts.ts";

const EXAMPLES = 12;
const UPDATE_INTERVAL = 250; // milliseconds between updates of the mean while items are read

export const selectPanel: PanelMaker = (app, host) => {
  const { store } = app;
  const t = app.words();
  const startTask = latestTask();
  const mode = h("div", null);
  const close = button(t("select.close"), () => store.set({ open: false }), { class: "primary" });
  const body = h("div", null);
  const place = h("div", null); // of the list
  let list: OrderedList | null = null;
  const clear = button(t("select.clear"), () => store.set(selecting(store.get())));
  const el = h("div", null, mode,
    h("div", { class: "buttons" }, close, button(t("select.visible"), visible), clear), body);

  function visible(): void {
    const view = host.map.view();
    const [left, top] = toWorld(view, 0, 0);
    const [right, bottom] = toWorld(view, view.width, view.height);
    store.set(selecting(store.get(), { lasso: [[left, top], [right, top], [right, bottom], [left, bottom]] }));
  }

  function showList(selection: Int32Array): void {
    list = orderedList(app, selection);
    fill(place, list.el);
  }

  async function show(): Promise<void> {
    const isLatest = startTask();
    const selection = app.selection();
    if (selection.length === 0) {
      const { lasso, open, picked, filters } = store.get();
      const text = lasso.length > 2 && !open ? "select.none" : selectedGroup(app) || (filters.length && !lasso.length && !picked) ? "select.none.left" : "select.empty";
      return fill(body, h("p", { class: "lead" }, t(text)), h("p", { class: "hint" }, t("select.keyboard")));
    }
    const progress = h("span", { class: "number" });
    const pictures = gallery(app, [{ text: t("select.mean"), decoded: true, note: h("span", null, " ", progress) }, { text: t("select.centre"), decoded: true }]);
    const draw = uniform(selection.length);
    const examples = Array.from({ length: Math.min(EXAMPLES, selection.length) }, (_, k) =>
      selection[Math.min(selection.length - 1, Math.floor(((k + draw()) * selection.length) / Math.min(EXAMPLES, selection.length)))]!);
    showList(selection);
    const count = selection.length === 1 ? t("select.one") : t("select.count", { n: t.count(selection.length), share: t.share(selection.length / app.atlas.count) });
    app.announce(count);
    const group = selectedGroup(app);
    fill(body, group?.kind === "lasso" ? null : h("p", { class: "lead" }, group && groupName(app, group)), h("h2", null, count),
      pictures.el,
      h("div", { class: "buttons" }, button(t("select.csv"), () => void save(app, list!.items()).catch(app.reportError), { class: "primary" }),
        group && button(t("select.compare"), () => store.set({ panel: "groups", pen: false, shown: { ...store.get().shown, groups: [group, { kind: "others" }] } }))),
      app.limits.classes ? section(t("select.classes"), classes(app, selection)) : null,
      section(t("list.title"), place),
      section(t("select.examples"), h("div", { class: "items" }, ...examples.map((item) => itemButton(app, item)))));
    await decodeAll(app, [summary(app.atlas.means, app.atlas.dim, selection).mean], app.condition(), (unit) => pictures.show(1, unit), isLatest);
    await (app.table ? typicalRow : meanImage)(app, selection, isLatest, (unit, read) => {
      pictures.show(0, unit);
      progress.textContent = read < selection.length ? t("select.progress", { n: t.count(read), all: t.count(selection.length) }) : "";
    });
  }

  return {
    el,
    update(now, before) {
      const changed = (...keys: (keyof State)[]): boolean => !before || keys.some((key) => now[key] !== before[key]);
      if (changed("pen")) {
        fill(mode, choices(t("select.mode"), [["lasso", t("select.lasso")], ["move", t("select.move")]] as const, now.pen ? "lasso" : "move",
          (choice) => store.set({ pen: choice === "lasso" })));
      }
      if (changed("lasso", "open", "shown", "picked")) {
        close.hidden = !(now.open && now.lasso.length > 2);
        clear.disabled = selectedGroup(app) === null && now.lasso.length === 0 && !now.picked?.length;
      }
      if (before && now.open && before.open) return; // the lasso is still being drawn
      if (changed("lasso", "open", "plane", "condition", "filters", "picked") || now.shown.chosen !== before?.shown.chosen) show().catch(app.reportError);
      else if (changed("colouring")) showList(app.selection()); // it shows the column that colors the points
    },
    stop: () => void startTask(), // stops reading items
  };
};

type ShowMean = (unit: Float32Array, read: number) => void;

/** Compute the mean of the cells of each column, and the most frequent level of categories. */
async function typicalRow(app: App, selection: Int32Array, isLatest: () => boolean, show: ShowMean): Promise<void> {
  const { columns, cells } = app.table!;
  const all = await Promise.all(columns.map((_, k) => cells(k)));
  if (isLatest()) show(Float32Array.from(columns, (column, k) => positionOf(column, typicalCell(column, all[k]!, selection))), selection.length);
}

/** Compute the exact mean of the originals' values that are not missing, and show intermediate results. */
async function meanImage(app: App, selection: Int32Array, isLatest: () => boolean, show: ShowMean): Promise<void> {
  const { top, missing } = app.levels;
  const [sums, counts] = [new Float64Array(app.size), new Uint32Array(app.size)];
  let [read, updated] = [0, performance.now()];
  const mean = (): Float32Array => Float32Array.from(sums, (sum, j) => sum / counts[j]! / top); // NaN where all values are missing
  await app.items.each(selection, (bytes) => {
    for (let j = 0; j < sums.length; j++) {
      if (bytes[j] === missing) continue;
      sums[j]! += bytes[j]!;
      counts[j]!++;
    }
    read++;
    if (performance.now() - updated > UPDATE_INTERVAL) {
      updated = performance.now();
      show(mean(), read);
    }
  }, isLatest);
  if (isLatest()) show(mean(), read);
}

function classes(app: App, selection: Int32Array): HTMLElement {
  const t = app.words();
  const counts = new Map<number, number>();
  for (const item of selection) {
    const k = app.classOf(item);
    if (k !== null) counts.set(k, (counts.get(k) ?? 0) + 1);
  }
  const rows = [...counts].sort((a, b) => b[1] - a[1]);
  return h("table", null, h("tbody", null, ...rows.map(([k, count]) => h("tr", null,
    h("td", null, h("span", { class: "named" }, swatch(app, k), h("span", { class: "clip" }, app.className(k)))),
    h("td", { class: "bar" }, h("meter", { min: 0, max: 1, value: count / selection.length, "aria-hidden": "true" })),
    h("td", { class: "number" }, t.count(count)), h("td", { class: "number" }, t.share(count / selection.length))))));
}

async function save(app: App, selection: Int32Array): Promise<void> {
  const { header, rows } = await selectionRows(app, selection);
  download(new Blob([table(header, rows)], { type: "text/csv;charset=utf-8" }), `${fileName(app.atlas.manifest.name, "selection")}.csv`);
}
