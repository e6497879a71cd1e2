/** A note on the map while filters hide items, which opens the filter panel. */
import type { App } from "../app.ts";
import { button } from "../dom.ts";
import type { State } from "../state/state.ts";

export function createFilterStatus(app: App): { el: HTMLElement; update(now: State, before: State | null): void } {
  const t = app.words();
  const el = button("", () => app.store.set({ panel: "filter", pen: false, open: false, playing: false }), { class: "filter-status", title: t("filter.status"), hidden: true });
  return {
    el,
    update(now, before) {
      if (now.filters === before?.filters && now.panel === before.panel) return;
      el.hidden = now.filters.length === 0 || now.panel === "filter";
      el.textContent = t("filter.count", { n: t.count(app.filters.count(now.filters)), all: t.count(app.atlas.count) });
    },
  };
}
