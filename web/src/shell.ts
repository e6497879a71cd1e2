/** The whole page: map, margins, panels. Built anew for another language or paper; what is shown lies in the state. */
import type { App } from "./app.ts";
import { createDrop } from "./chrome/drop.ts";
import { createHeader } from "./chrome/header.ts";
import { createLegend } from "./chrome/legend.ts";
import { createTabs } from "./chrome/tabs.ts";
import { createToolbar } from "./chrome/toolbar.ts";
import { createZoom } from "./chrome/zoom.ts";
import { first, timed } from "./clock.ts";
import { fill, h } from "./dom.ts";
import { createLoupe } from "./loupe.ts";
import { toScreen } from "./map/camera.ts";
import { makeHand } from "./map/hand.ts";
import { mapKeys } from "./map/keyboard.ts";
import { createMap } from "./map/map.ts";
import { type Findings, sceneMaker } from "./map/scene-of.ts";
import { liveDecoder } from "./model/live.ts";
import type { Desk } from "./panels/panel.ts";
import type { State } from "./state/state.ts";

export function createShell(app: App, link: (() => string) | null): { stop(): void } {
  const { root, store } = app;
  const t = app.words();
  root.lang = store.get().language;
  const findings: Findings = { neighbours: [], drawn: null, logVar: null };
  const listening = new Set<(unit: Float32Array) => void>();
  let last: Float32Array | null = null;
  let pointer: { touch: boolean } | null = null;

  const hand = makeHand(app);
  const scene = sceneMaker(app, () => findings);
  const map = createMap(app, {
    ...scene, ...hand,
    hover(x, y, _px, _py, touch) {
      pointer = { touch };
      if (touch || !store.get().held) hand.walk(x, y);
      else moveLoupe();
    },
    left() {
      pointer = null;
      moveLoupe();
    },
  });
  const loupe = createLoupe(app);
  const said = h("div", { class: "unseen", role: "status", "aria-live": "polite" });
  const notice = h("div", { class: "notice", role: "alert", hidden: true });
  app.say = (text) => { said.textContent = text; };
  app.failed = (why) => {
    notice.hidden = false;
    fill(notice, t("error.part", { why: why instanceof Error ? why.message : String(why) }),
      h("button", { type: "button", class: "quiet", "aria-label": "×", on: { click: () => { notice.hidden = true; } } }, "×"));
  };
  const desk: Desk = {
    map,
    find(found) {
      Object.assign(findings, found);
      store.set({}); // the scene is drawn anew
    },
    decoded(heard) {
      listening.add(heard);
      if (last) heard(last);
      return () => listening.delete(heard);
    },
  };
  listening.add((unit) => loupe.show(unit));

  map.el.append(loupe.el);
  map.el.tabIndex = 0;
  map.el.setAttribute("role", "application");
  map.el.setAttribute("aria-label", `${t("map.label", { n: t.count(app.atlas.count) })}. ${t("map.help")}`);
  map.el.addEventListener("keydown", mapKeys(app, map, hand));
  const waking = h("p", { class: "waking", role: "status" }, t("loading.networks"));

  const toolbar = createToolbar(app);
  const legend = createLegend(app);
  const tabs = createTabs(app, desk);
  fill(root, h("div", { class: "sheet" },
    createHeader(app, link),
    h("main", { class: "plate-area" }, toolbar.el, h("div", { class: "frame" }, map.el, createZoom(app, map), waking), legend.el),
    tabs.el), notice, said);

  function moveLoupe(): void {
    const { z, held, panel } = store.get();
    const at = app.sheet().plane.project(z);
    const shown = (held || pointer) && at && last && !(panel === "draw") && !hand.drawing();
    const view = map.view();
    loupe.move(shown ? toScreen(view, at[0], at[1]) : null, view, pointer?.touch ?? false);
  }

  let ask: ((z: number[]) => void) | null = null;
  let asked = performance.now();
  app.engine.then((engine) => {
    waking.remove();
    ask = liveDecoder(engine, (x) => {
      last = app.toUnit(x);
      timed("zukan:cursor", asked);
      first("zukan:image");
      for (const heard of listening) heard(last);
      moveLoupe();
    }, app.failed).ask;
    ask(store.get().z);
  }, (why: unknown) => {
    waking.textContent = t("error.networks", { why: why instanceof Error ? why.message : String(why) });
    waking.className = "waking broken";
  });

  function update(now: State, before: State | null): void {
    toolbar.update(now, before);
    legend.update(now, before);
    tabs.update(now, before);
    if (now.z !== before?.z) {
      asked = performance.now();
      ask?.(now.z);
    }
    if (now.camera !== before?.camera || now.held !== before.held || now.plane !== before.plane) moveLoupe();
  }
  const undrop = createDrop(app);
  const unwatch = store.watch(update);
  update(store.get(), null);
  return {
    stop() {
      unwatch();
      tabs.stop();
      undrop();
      map.stop();
    },
  };
}
