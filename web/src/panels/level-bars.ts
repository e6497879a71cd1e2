/** The levels of a column as bars, of which each is a button that keeps or drops its level. */
import type { App } from "../app.ts";
import { MISSING, isLevels, toggleLevel } from "../filter/filter.ts";
import { levelName } from "../filter/words.ts";
import { fill, h } from "../dom.ts";
import { levelColours } from "../map/point-colours.ts";
import { columnOf } from "../state/state.ts";
import { type Plot, SMALL } from "./histogram.ts";
import { dot } from "./parts.ts";

const FEW = 8; // levels shown at first
const NATURAL = 12; // more levels than these are ordered by how frequent they are; then only a few are shown at first

export function levelBars(app: App, k: number): Plot {
  const t = app.words();
  const column = app.columns.columns[k]!;
  const el = h("div", { class: "levels-list" });
  let isLong = false;
  let again = (): void => undefined;
  return {
    el,
    show(bins, bars, filter) {
      again = () => this.show(bins, bars, filter);
      const chosen = filter && isLevels(filter) ? filter.levels : null;
      const order = Array.from(bins.all.subarray(0, bins.count - 1), (count, level) => ({ count, level }));
      if (order.length > NATURAL) order.sort((a, b) => b.count - a.count);
      const visible = Math.max(...bars);
      const most = Math.max(1, ...bins.all) * SMALL > visible ? Math.max(1, visible) : Math.max(1, ...bins.all);
      const { colouring } = app.store.get();
      const palette = columnOf(colouring) === k || colouring === column.built ? levelColours(column, app.look().dark) : null;
      const shown = order.filter(({ level }, at) => isLong || order.length <= NATURAL || at < FEW || chosen?.includes(level)).map(({ level }) => level);
      if (bins.all[bins.count - 1]! > 0) shown.push(MISSING);
      const rows = shown.map((level) => {
        const at = level === MISSING ? bins.count - 1 : level;
        return h("button", { type: "button", class: "level", "aria-pressed": String(chosen?.includes(level) ?? false), on: { click: () => app.store.set({ filters: toggleLevel([...app.store.get().filters], k, level) }) } },
          h("span", { class: "named" }, palette && dot(palette[at]!), h("span", { class: level === MISSING ? "clip gap" : "clip" }, levelName(app, k, level))),
          h("meter", { min: 0, max: most, value: bars[at]!, "aria-hidden": "true" }), h("span", { class: "number" }, t.count(bars[at]!)));
      });
      const rest = order.length <= NATURAL ? 0 : order.length - FEW;
      const focused = Array.from(el.children).indexOf(document.activeElement as Element);
      fill(el, ...rows, rest > 0 ? h("button", { type: "button", class: "link", "aria-expanded": String(isLong), on: { click: () => { isLong = !isLong; again(); } } }, isLong ? t("filter.fewer") : t("filter.more", { n: rest })) : null);
      (el.children[focused] as HTMLElement | undefined)?.focus();
    },
  };
}
