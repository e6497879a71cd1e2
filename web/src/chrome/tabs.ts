/** The tabs of the panels, and the open panel. */
import type { App } from "../app.ts";
import { fill, h, landmark } from "../dom.ts";
import { classPanel } from "../panels/class.ts";
import { cursorPanel } from "../panels/cursor.ts";
import { filterPanel } from "../panels/filter.ts";
import { drawPanel } from "../panels/draw.ts";
import { groupsPanel } from "../panels/groups.ts";
import type { PanelHost, PanelMaker, PanelView } from "../panels/panel.ts";
import { pathPanel } from "../panels/path.ts";
import { pointPanel } from "../panels/point.ts";
import { selectPanel } from "../panels/select.ts";
import { PANELS, type Panel, type State } from "../state/state.ts";

const MAKERS: Record<Panel, PanelMaker> = {
  cursor: cursorPanel, point: pointPanel, path: pathPanel, class: classPanel, filter: filterPanel, select: selectPanel, groups: groupsPanel, draw: drawPanel,
};

export function createTabs(app: App, host: PanelHost): { el: HTMLElement; update(now: State, before: State | null): void; stop(): void } {
  const t = app.words();
  const id = `zukan-${Math.random().toString(36).slice(2, 8)}`; // unique, since a notebook may show several widgets
  const open = (panel: Panel): void => app.store.set({ panel, pen: panel === "select", open: false, playing: false });
  const tabs = PANELS.map((panel) => h("button", {
    type: "button", role: "tab", id: `${id}-${panel}`, class: "tab", "aria-controls": `${id}-panel`, on: { click: () => open(panel), keydown: switchTab },
  }, t(`panel.${panel}`)));
  const tag = landmark(app.root, "aside");
  const about = tag === "aside" ? { "aria-label": t("chrome.panels") } : { role: "group", "aria-label": app.atlas.manifest.name };
  const body = h("div", { class: "panel", role: "tabpanel", id: `${id}-panel`, tabindex: "0" });
  let view: PanelView | null = null;

  function switchTab(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = (PANELS.indexOf(app.store.get().panel) + step + PANELS.length) % PANELS.length;
    open(PANELS[next]!);
    tabs[next]!.focus();
  }

  return {
    el: h(tag, { class: "side", ...about }, h("div", { class: "tabs", role: "tablist", "aria-label": t("chrome.panels") }, ...tabs), body),
    update(now, before) {
      if (now.panel !== before?.panel) {
        view?.stop?.();
        tabs.forEach((tab, k) => {
          const on = PANELS[k] === now.panel;
          tab.setAttribute("aria-selected", String(on));
          tab.tabIndex = on ? 0 : -1;
          if (on) body.setAttribute("aria-labelledby", tab.id);
        });
        host.showOnMap({ neighbours: [], drawn: null });
        view = MAKERS[now.panel](app, host);
        fill(body, view.el);
        body.scrollTop = 0;
        view.update(now, null);
      } else view?.update(now, before);
    },
    stop: () => view?.stop?.(),
  };
}
