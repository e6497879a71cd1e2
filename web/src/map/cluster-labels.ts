/** The names of clusters on the map, each with its decoded center: buttons that select the cluster's items. */
import type { App, PlaneData } from "../app.ts";
import { h } from "../dom.ts";
import { classColours } from "../look/colour.ts";
import { peaks } from "../math/peaks.ts";
import { place } from "../math/placing.ts";
import type { Point } from "../math/lasso.ts";
import { memo } from "../memo.ts";
import { clusterLines, clusterName, selectedGroup } from "../panels/group-names.ts";
import { dot, plate } from "../panels/parts.ts";
import { groupKey } from "../state/groups.ts";
import { selecting } from "../state/selecting.ts";
import { BORDER, type View, toScreen } from "./camera.ts";

const ZOOMS = [1.9, 4]; // from which on the second and the third scale have names
const CROSS = 17; // pixels around the cursor that stay free

/** The scale whose names suit a zoom, of `count` scales. */
export const scaleAt = (zoom: number, count: number): number => Math.min(count - 1, ZOOMS.filter((least) => zoom >= least).length);

export interface ClusterLabels {
  el: HTMLElement;
  /** Show the names that fit: `cursor` is the place of a cursor that does not follow the pointer, which stays free; null hides all names. */
  update(view: View | null, zoom: number, cursor: Point | null): void;
}

interface Label { key: string; el: HTMLButtonElement; anchor: Point; width: number; height: number }

export function createClusterLabels(app: App, left: () => void): ClusterLabels {
  const { store, clusters } = app;
  const t = app.words();
  const el = h("div", { class: "cluster-labels", role: "group", "aria-label": t("cluster.legend") });
  const places = memo((data: PlaneData, assigned: Uint8Array, count: number) => peaks(data.plane.coords, data.bounds, assigned, count));
  const labels = memo((scale: number, anchors: (Point | null)[], coloured: boolean): Label[] =>
    anchors.flatMap((anchor, k) => (anchor ? [{ key: groupKey({ kind: "cluster", scale, k }), el: label(scale, k, coloured), anchor, width: 0, height: 0 }] : [])));
  let shown: Label[] | null = null;

  function label(scale: number, k: number, coloured: boolean): HTMLButtonElement {
    const { clusters: all, column } = clusters!.scales[scale]!;
    const cluster = all[k]!;
    const name = clusterName(app, cluster, k);
    const icon = app.table ? null : plate(app, "", "small");
    icon?.el.setAttribute("aria-hidden", "true");
    const mark = coloured ? dot(classColours(column.levels.length, app.look().dark)[k]!) : null;
    const button = h("button", {
      type: "button", class: "cluster-label", title: t("cluster.select", { name, n: t.count(cluster.count) }),
      on: { click: () => selectCluster(app, scale, k), pointerenter: left, pointermove: (event) => { if (event.buttons === 0) event.stopPropagation(); },
        pointerdown: (event) => event.stopPropagation(), keydown: (event) => { if (event.key === "Enter" || event.key === " ") event.stopPropagation(); } },
    }, icon?.el, h("span", { class: "cluster-lines" }, ...clusterLines(app, cluster, k).map((line, at) => h("span", { class: "cluster-name" }, at === 0 ? mark : null, line))));
    if (icon) decodeCentre(app, cluster.item).then((unit) => icon.show(unit), app.reportError);
    return button;
  }

  return {
    el,
    update(view, zoom, cursor) {
      const state = store.get();
      const scale = clusters ? state.shown.scale ?? scaleAt(zoom, clusters.scales.length) : 0;
      const assigned = view && clusters && state.shown.clusters ? clusters.assigned(scale) : null;
      el.hidden = !assigned;
      if (!assigned || !view) return;
      const data = app.planeData();
      const now = labels(scale, places(data, assigned, clusters!.scales[scale]!.clusters.length), state.colouring === "cluster" && scale === (state.shown.scale ?? 0)); // the colors are of one scale
      if (now !== shown) {
        shown = now;
        el.replaceChildren(...now.map((one) => one.el));
        for (const one of now) [one.width, one.height] = [one.el.offsetWidth, one.el.offsetHeight];
      }
      // A drawn line, or a stop of a path, may lie under a name.
      el.classList.toggle("through", state.panel === "path" || (state.panel === "select" && (state.pen || state.open)));
      const area = { x: BORDER, y: BORDER, width: view.width - 2 * BORDER, height: view.height - 2 * BORDER };
      const controls = el.closest(".frame")?.querySelector<HTMLElement>(".zoom");
      const free = cursor ? [{ x: cursor[0] - CROSS, y: cursor[1] - CROSS, width: 2 * CROSS, height: 2 * CROSS }] : [];
      if (controls) free.push({ x: controls.offsetLeft, y: controls.offsetTop, width: controls.offsetWidth, height: controls.offsetHeight });
      const at = place(now.map(({ anchor, width, height }) => ({ anchor: toScreen(view, ...anchor), width, height })), area, free);
      const group = state.panel === "select" ? selectedGroup(app) : null;
      const chosen = group?.kind === "cluster" ? groupKey(group) : null;
      now.forEach((one, k) => {
        const corner = at[k]!;
        one.el.style.visibility = corner ? "visible" : "hidden";
        one.el.classList.toggle("chosen", one.key === chosen);
        if (corner) one.el.style.transform = `translate(${Math.round(corner[0])}px, ${Math.round(corner[1])}px)`;
      });
    },
  };
}

export function selectCluster(app: App, scale: number, k: number): void {
  app.store.set({ ...selecting(app.store.get(), { chosen: { kind: "cluster", scale, k } }), panel: "select", pen: false, playing: false });
}

/** What the code of an item is decoded to, in 0…1. */
export async function decodeCentre(app: App, item: number): Promise<Float32Array> {
  const [engine, row] = [await app.engine, await app.atlas.conditions.ofItem(item)];
  return app.toUnit(await engine.decode(Float32Array.from(app.mean(item)), 1, row));
}
