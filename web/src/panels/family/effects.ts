/** Which columns of a table a dimension of z moves: what is decoded from −2 to +2 standard deviations of it, as bars. */
import type { App } from "../../app.ts";
import type { Column } from "../../bundle/columns.ts";
import { fill, h } from "../../dom.ts";
import { meanText } from "../../look/cells.ts";
import { dimensionName } from "../../look/dimension.ts";
import { moments } from "../../math/effects.ts";
import { decodeAll, section } from "../parts.ts";
import type { PanelView } from "../panel.ts";
import { rested } from "./rested.ts";

const DEVIATIONS = 2;
const MOST = 40; // columns shown, those that move most

/** How far a column moves, as a share of its standard deviation, or for a category 1 if its level changes. */
export interface Effect { k: number; from: number; to: number; size: number }

/** The effects of a change of a row from `low` to `high`, the largest first; `spread` is the standard deviation of each column. */
export function effectsOf(columns: Pick<Column, "kind">[], low: ArrayLike<number>, high: ArrayLike<number>, spread: ArrayLike<number>): Effect[] {
  return columns.map(({ kind }, k) => {
    const [from, to] = [low[k]!, high[k]!];
    const size = kind === "category" ? Number(Math.round(from) !== Math.round(to)) : spread[k]! > 0 ? (to - from) / spread[k]! : 0;
    return { k, from, to, size };
  }).sort((a, b) => Math.abs(b.size) - Math.abs(a.size) || a.k - b.k);
}

/** The standard deviation of the cells that are not missing. */
export function deviation(cells: ArrayLike<number>): number {
  const { count, squares } = moments(cells);
  return count > 1 ? Math.sqrt(squares / count) : 0;
}

/** Null if the items are no rows of a table. */
export function columnEffects(app: App): PanelView | null {
  const { table, atlas, limits } = app;
  if (!table || limits.activity.length === 0) return null;
  const t = app.words();
  let j = limits.activity[0]!;
  const dimension = h("select", { "aria-label": t("effects.dimension"), on: { change: () => { j = Number(dimension.value); task.request(); } } },
    ...limits.activity.map((index) => h("option", { value: index }, dimensionName(index))));
  const list = h("div", { class: "effects" });
  let spread: Promise<number[]> | null = null;
  const deviationOf = (k: number): number => Math.sqrt(atlas.manifest.dimensions.find(({ index }) => index === k)!.variance);
  const task = rested(app, async (isLatest) => {
    const { z } = app.store.get();
    const step = DEVIATIONS * deviationOf(j);
    const rows: Float64Array[] = [];
    spread ??= Promise.all(table.columns.map((_, k) => table.cells(k).then(deviation)));
    await decodeAll(app, [-step, step].map((value) => z.map((old, k) => (k === j ? centre(j) + value : old))), app.condition(), (unit) => { rows.push(table.rows.values(unit)); }, isLatest);
    const deviations = await spread;
    if (!isLatest()) return;
    const effects = effectsOf(table.columns, rows[0]!, rows[1]!, deviations);
    const longest = Math.max(1, ...effects.map(({ size }) => Math.abs(size)));
    fill(list, ...effects.slice(0, MOST).map((effect) => row(effect, longest)));
  });
  /** The mean of dimension `k` over all items. */
  function centre(k: number): number {
    let sum = 0;
    for (let i = 0; i < atlas.count; i++) sum += atlas.means[i * atlas.dim + k]!;
    return sum / atlas.count;
  }

  function row({ k, from, to, size }: Effect, longest: number): HTMLElement {
    const column = table!.columns[k]!;
    const [low, high] = [from, to].map((value) => meanText(t, column, value));
    const bar = h("span", { class: `effect-bar ${size < 0 ? "down" : "up"}` });
    bar.style.width = `${(50 * Math.abs(size)) / longest}%`;
    return h("div", { class: "effect" }, h("span", { class: "effect-name" }, column.name), h("span", { class: "effect-track", "aria-hidden": "true" }, bar),
      h("span", { class: "number effect-values" }, low === high ? t("effects.same", { value: low! }) : `${low} → ${high}`));
  }

  return {
    el: section(t("effects.title"), h("div", { class: "row" }, h("label", null, t("effects.dimension"), dimension)), list, h("p", { class: "note" }, t("effects.note"))),
    update(now, before) {
      if (now.z !== before?.z || now.condition !== before.condition) task.request();
    },
    stop: () => task.stop(),
  };
}
