/** The whole page: header, map and panels. It is built again if the language or the theme changes. */
import type { App } from "./app.ts";
import type { Row } from "./bundle/conditions.ts";
import { createDrop } from "./chrome/drop.ts";
import { createHeader } from "./chrome/header.ts";
import { createLegend } from "./chrome/legend.ts";
import { createTabs } from "./chrome/tabs.ts";
import { createToolbar } from "./chrome/toolbar.ts";
import { createZoom } from "./chrome/zoom.ts";
import { createFilterStatus } from "./chrome/filter-status.ts";
import { recordDuration, recordFirst } from "./timings.ts";
import { fill, h, landmark } from "./dom.ts";
import { createMagnifier } from "./magnifier.ts";
import { toScreen } from "./map/camera.ts";
import { MOUSE_RADIUS, itemAt, makeActions } from "./map/actions.ts";
import { mapKeys } from "./map/keyboard.ts";
import { createMap } from "./map/map.ts";
import { type Highlights, sceneBuilder } from "./map/build-scene.ts";
import { latestDecoder } from "./model/latest.ts";
import type { PanelHost } from "./panels/panel.ts";
import type { State } from "./state/state.ts";

export function createShell(app: App, link: (() => string) | null): { stop(): void } {
  const { root, store } = app;
  const t = app.words();
  root.lang = store.get().language;
  const highlights: Highlights = { neighbours: [], drawn: null, logVar: null };
  const decodedListeners = new Set<(unit: Float32Array) => void>();
  let image: Float32Array | null = null; // decoded at the cursor
  let pointer: { touch: boolean } | null = null;
  let hovered: number | null = null; // the item that the box on the map shows

  const actions = makeActions(app);
  const scene = sceneBuilder(app, () => highlights);
  const map = createMap(app, {
    ...scene, ...actions,
    hover(x, y, _px, _py, touch) {
      pointer = { touch };
      hoverItem(store.get().points ? itemAt(app, x, y, map.view(), MOUSE_RADIUS) : null);
      if (touch || !store.get().pinned) actions.moveCursor(x, y);
      else moveMagnifier();
    },
    left() {
      pointer = null;
      hoverItem(null);
      moveMagnifier();
    },
  });
  const magnifier = createMagnifier(app, () => moveMagnifier());
  const announcement = h("div", { class: "visually-hidden", role: "status", "aria-live": "polite" });
  const notice = h("div", { class: "notice", role: "alert", hidden: true });
  app.announce = (text) => { announcement.textContent = text; };
  app.reportError = (error) => {
    notice.hidden = false;
    fill(notice, t("error.part", { reason: messageOf(error) }),
      h("button", { type: "button", class: "quiet", "aria-label": "×", on: { click: () => { notice.hidden = true; } } }, "×"));
  };
  const host: PanelHost = {
    map,
    showOnMap(changes) {
      Object.assign(highlights, changes);
      store.set({}); // notifies the map, which draws the scene again
    },
    onDecoded(listener) {
      decodedListeners.add(listener);
      if (image) listener(image);
      return () => decodedListeners.delete(listener);
    },
  };
  decodedListeners.add((unit) => magnifier.show(unit));

  map.el.append(magnifier.el);
  map.el.tabIndex = 0;
  map.el.setAttribute("role", "application");
  map.el.setAttribute("aria-label", `${t("map.label", { n: t.count(app.atlas.count) })}. ${t("map.help")}`);
  map.el.addEventListener("keydown", mapKeys(app, map, actions));
  const networkStatus = h("p", { class: "network-status", role: "status" }, t("loading.networks"));

  const toolbar = createToolbar(app);
  const legend = createLegend(app);
  const tabs = createTabs(app, host);
  const filterStatus = createFilterStatus(app);
  fill(root, h("div", { class: "sheet" },
    createHeader(app, link),
    h(landmark(root, "main"), { class: "plate-area" }, toolbar.el, h("div", { class: "frame" }, map.el, createZoom(app, map), filterStatus.el, networkStatus), legend.el),
    tabs.el), notice, announcement);

  function hoverItem(item: number | null): void {
    if (item !== store.get().hovered) store.set({ hovered: item });
    hovered = item;
    magnifier.over(item);
  }

  function moveMagnifier(): void {
    const { z, pinned, panel } = store.get();
    const { coords, project } = app.planeData().plane;
    const at = hovered === null ? project(z) : [coords[2 * hovered]!, coords[2 * hovered + 1]!] as const;
    const shown = (pinned || pointer) && at && image && !(panel === "draw") && !actions.drawing();
    const view = map.view();
    magnifier.move(shown ? toScreen(view, at[0], at[1]) : null, view, pointer?.touch ?? false);
  }

  let decode: ((z: number[], row: Row) => void) | null = null;
  let requestedAt = performance.now();
  app.engine.then((engine) => {
    networkStatus.remove();
    decode = latestDecoder(engine, (x) => {
      image = app.toUnit(x);
      recordDuration("zukan:cursor", requestedAt);
      recordFirst("zukan:image");
      for (const listener of decodedListeners) listener(image);
      moveMagnifier();
    }, app.reportError).request;
    decode(store.get().z, app.condition());
  }, (error: unknown) => {
    networkStatus.textContent = t("error.networks", { reason: messageOf(error) });
    networkStatus.className = "network-status broken";
  });

  function update(now: State, before: State | null): void {
    toolbar.update(now, before);
    legend.update(now, before);
    tabs.update(now, before);
    filterStatus.update(now, before);
    if (now.z !== before?.z || now.condition !== before.condition) {
      requestedAt = performance.now();
      decode?.(now.z, app.condition());
    }
    if (now.camera !== before?.camera || now.pinned !== before.pinned || now.plane !== before.plane) moveMagnifier();
  }
  const stopDrop = createDrop(app);
  const unwatch = store.watch(update);
  update(store.get(), null);
  return {
    stop() {
      unwatch();
      tabs.stop();
      stopDrop();
      map.stop();
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
