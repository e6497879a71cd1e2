/** The legend of the colors of clusters: buttons that select a cluster. */
import type { App } from "../app.ts";
import { h } from "../dom.ts";
import { classColours } from "../look/colour.ts";
import { selectCluster } from "../map/cluster-labels.ts";
import { clusterName, selectedGroup } from "../panels/group-names.ts";
import { dot } from "../panels/parts.ts";
import { sameGroup } from "../state/groups.ts";

export function clusterLegend(app: App): HTMLElement {
  const { shown, panel } = app.store.get();
  const scale = shown.scale ?? 0;
  const { clusters, column } = app.clusters!.scales[scale]!;
  const colours = classColours(column.levels.length, app.look().dark);
  return h("div", { class: "classes", role: "group", "aria-label": app.words()("cluster.legend") }, ...clusters.map((cluster, k) => {
    const name = clusterName(app, cluster, k);
    const pressed = panel === "select" && sameGroup(selectedGroup(app), { kind: "cluster", scale, k });
    return h("button", { type: "button", class: "class", title: name, "aria-pressed": String(pressed), on: { click: () => selectCluster(app, scale, k) } }, dot(colours[k]!), h("span", { class: "clip" }, name));
  }));
}
