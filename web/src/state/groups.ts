/** A group of items: a cluster, a class, the items inside a line, or all items outside the other group. */
import type { Point } from "../math/lasso.ts";
import { type PlaneSpec, planeKey } from "../math/plane.ts";

export type Group =
  | { kind: "cluster"; scale: number; k: number }
  | { kind: "class"; k: number }
  | { kind: "lasso"; plane: PlaneSpec; line: Point[] }
  | { kind: "others" };

/** What the page shows of the structure of the codes. */
export interface Shown {
  /** The names of clusters instead of those of classes. */
  clusters: boolean;
  contours: boolean;
  /** The scale of the clusters; null for the one that suits the zoom. */
  scale: number | null;
  /** A selected group, if no line is drawn. */
  chosen: Group | null;
  /** The two groups that are compared. */
  groups: [Group | null, Group | null];
}

export const SHOWN: Shown = { clusters: false, contours: false, scale: null, chosen: null, groups: [null, null] };

/** How many classes there are, and clusters in each scale. */
interface Sizes { classes: number; clusters?: number[] }

const MAX_CORNERS = 400;

/** A group as text, in links and lists. */
export function groupKey(group: Group): string {
  if (group.kind === "cluster") return `c${group.scale}.${group.k}`;
  if (group.kind === "class") return `k${group.k}`;
  if (group.kind === "others") return "o";
  return `l${planeKey(group.plane)}~${group.line.map((corner) => corner.map((value) => Number(value.toPrecision(5))).join(",")).join(";")}`;
}

/** The group of a text, or null if it is none. */
export function groupOf(text: string, { classes, clusters = [] }: Sizes, planeOf: (text: string) => PlaneSpec | null): Group | null {
  const cluster = /^c(\d{1,2})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (cluster) return cluster[1]! < (clusters[cluster[0]!] ?? 0) ? { kind: "cluster", scale: cluster[0]!, k: cluster[1]! } : null;
  const label = /^k(\d{1,6})$/.exec(text)?.[1];
  if (label !== undefined) return Number(label) < classes ? { kind: "class", k: Number(label) } : null;
  if (text === "o") return { kind: "others" };
  const [head = "", corners = ""] = text.split("~", 2);
  const plane = head.startsWith("l") ? planeOf(head.slice(1)) : null;
  const line = corners.split(";").slice(0, MAX_CORNERS).map((corner) => corner.split(",").map((part) => (part === "" ? NaN : Number(part))));
  const right = line.length > 2 && line.every((corner) => corner.length === 2 && corner.every((value) => Math.abs(value) < 1e6));
  return plane && right ? { kind: "lasso", plane, line: line as Point[] } : null;
}

export const sameGroup = (a: Group | null, b: Group | null): boolean => (a && b ? groupKey(a) === groupKey(b) : a === b);

/** The parts of a link that differ from `initial`. */
export function writeShown(shown: Shown, initial: Shown): [string, string | null][] {
  const flags = `${shown.clusters ? "c" : ""}${shown.contours ? "n" : ""}${shown.scale ?? ""}` || "-";
  const usual = shown.clusters === initial.clusters && !shown.contours && shown.scale === null;
  const groups = shown.groups.map((group) => (group ? groupKey(group) : "")).join("!");
  return [["u", usual ? null : flags], ["j", shown.chosen && groupKey(shown.chosen)], ["x", groups === "!" ? null : groups]];
}

export function readShown(get: (key: string) => string, initial: Shown, sizes: Sizes, planeOf: (text: string) => PlaneSpec | null): Shown {
  const scales = sizes.clusters?.length ?? 0;
  const [, names, lines, scale] = /^(c?)(n?)(\d?)-?$/.exec(get("u")) ?? [];
  const known = get("u") !== "" && names !== undefined;
  const group = (text: string): Group | null => groupOf(text, sizes, planeOf);
  const chosen = group(get("j"));
  const [a = "", b = ""] = get("x").split("!", 2);
  const [first, second] = [group(a), group(b)];
  return {
    clusters: known ? names === "c" && scales > 0 : initial.clusters, contours: known && lines === "n",
    scale: known && scale && Number(scale) < scales ? Number(scale) : null,
    chosen: chosen?.kind === "others" ? null : chosen,
    groups: [first?.kind === "others" ? null : first, second],
  };
}
