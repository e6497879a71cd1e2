/** What clusters and groups are called: by what distinguishes them. */
import type { App } from "../app.ts";
import { tidy } from "../bundle/columns.ts";
import type { Cluster, Differing } from "../bundle/structure.ts";
import { cellText } from "../look/cells.ts";
import { type Group, sameGroup } from "../state/groups.ts";

const ONE = 0.75; // share of the items of a class that names a cluster
const TOGETHER = 0.7; // of two classes
const COLUMNS = 2; // in a name

export const clusterName = (app: App, cluster: Cluster, k: number): string => clusterLines(app, cluster, k).join(" · ");

/** The name of cluster `k`: its classes or, without classes, the columns that differ most; otherwise its number. */
export function clusterLines(app: App, { classes, columns }: Cluster, k: number): string[] {
  const t = app.words();
  const [a, b] = classes.map(([label]) => app.className(label));
  const [first = 0, second = 0] = classes.map(([, share]) => share);
  if (a !== undefined && (first >= ONE || b === undefined)) return [t("cluster.mostly", { a })];
  if (a !== undefined && b !== undefined) return [t(first + second >= TOGETHER ? "cluster.mostly.two" : "cluster.mixed", { a, b })];
  if (columns.length && app.table) return columns.slice(0, COLUMNS).map((differing) => columnText(app, differing));
  return [t("cluster.number", { n: k + 1 })];
}

/** A column and the value of a cluster, with an arrow if it is higher or lower than elsewhere. */
function columnText(app: App, { column: place, value, others }: Differing): string {
  const column = app.table!.columns[place]!;
  const t = app.words();
  if (column.kind === "boolean") return `${column.name}: ${t("cell.yes")} ${t.share(value)}`;
  if (column.kind === "category") return `${column.name}: ${cellText(t, column, value)}`;
  return `${column.name} ${value > others ? "↑" : "↓"} ${cellText(t, column, tidy(column, value))}`;
}

export function groupName(app: App, group: Group): string {
  const t = app.words();
  if (group.kind === "class") return t("point.class", { name: app.className(group.k) });
  if (group.kind === "others") return t("groups.others");
  if (group.kind === "lasso") return t(sameGroup(group, selectedGroup(app)) ? "groups.selection" : "groups.line");
  const cluster = app.clusters?.scales[group.scale]?.clusters[group.k];
  return cluster ? clusterName(app, cluster, group.k) : "";
}

/** The selection as a group; null if nothing is selected, or only items from elsewhere or by filters. */
export function selectedGroup(app: App): Group | null {
  const { lasso, open, picked, plane, shown } = app.store.get();
  if (picked) return null;
  return lasso.length > 2 && !open ? { kind: "lasso", plane, line: lasso } : lasso.length ? null : shown.chosen;
}
