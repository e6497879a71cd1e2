/** Builds the scene, all that is drawn above the points, from the state. */
import type { App, PlaneData } from "../app.ts";
import { passing } from "../groups.ts";
import { isLevels } from "../filter/filter.ts";
import { second } from "../look/difference.ts";
import { type Rgb, classColours } from "../look/colour.ts";
import type { Point } from "../math/lasso.ts";
import { planeKey, principal } from "../math/plane.ts";
import { outlineOf } from "./outline.ts";
import { classGrid, peak, region } from "../math/region.ts";
import { planeSummary } from "../math/stats.ts";
import { memo } from "../memo.ts";
import type { Shown } from "../state/groups.ts";
import type { State } from "../state/state.ts";
import { axesOf } from "./axes.ts";
import { contoursOf } from "./contours.ts";
import { type Mark, type Name, type Scene, emptyScene } from "./scene.ts";

const MAX_NAMES = 80;
const REGION_SHARE = 0.8; // of the class's points that its region contains

/** Results of panels that the map shows: neighbors of an item or a drawing, the code of the drawing, the log-variances. */
export interface Highlights { neighbours: number[]; drawn: number[] | null; logVar: Float32Array | null }

export function sceneBuilder(app: App, highlights: () => Highlights): { scene(): Scene; highlighted(): ((i: number) => boolean) | null } {
  const grids = memo((data: PlaneData) => app.members().map((members) => memo(() => classGrid(data.plane.coords, data.bounds, members))));
  const peaks = memo((data: PlaneData) => (app.atlas.names.length > MAX_NAMES ? [] : grids(data).map((grid, k) => (app.members()[k]!.length ? peak(grid()) : null))));
  const regions = memo((data: PlaneData) => grids(data).map((grid) => memo(() => region(grid(), REGION_SHARE))));
  const colours = memo((dark: boolean) => classColours(app.atlas.names.length, dark));
  const inClasses = memo((a: number, b: number | null) => (i: number) => app.atlas.labels![i] === a || app.atlas.labels![i] === b);
  const inSelection = memo((selection: Int32Array) => {
    const mask = new Uint8Array(app.atlas.count);
    for (const i of selection) mask[i] = 1;
    return (i: number) => mask[i] === 1;
  });
  const contours = memo(contoursOf);
  const inGroups = memo((groups: Shown["groups"]) => {
    const items = groups.flatMap((group) => (group && group.kind !== "others" ? Array.from(app.groupItems(group) ?? []) : []));
    return items.length ? inSelection(Int32Array.from(items)) : null;
  });
  const centres = [0, 1].map(() => memo((coords: Float32Array, items: Int32Array, mask: Uint8Array | null) => {
    const visible = passing(items, mask);
    return visible.length ? planeSummary(coords, visible) : null;
  }));
  const item = (i: number): Point => [app.planeData().plane.coords[2 * i]!, app.planeData().plane.coords[2 * i + 1]!];
  const place = (z: number[], near?: number): Point | null => app.planeData().plane.project(z) ?? (near === undefined ? null : item(near));

  /** Whether a filter hides a class. */
  const classFilter = (state: State, k: number): boolean => state.filters.some((filter) => isLevels(filter) && app.columns.columns[filter.column]!.built === "class" && !filter.levels.includes(k));

  function names(state: State): Name[] {
    const colour = colours(app.look().dark);
    return peaks(app.planeData()).flatMap((at, k): Name[] => {
      const strong = state.panel === "class" && (k === state.classA || k === state.classB);
      return at && !classFilter(state, k) ? [{ x: at[0], y: at[1], text: app.className(k), colour: colour[k]!, strong }] : [];
    });
  }

  function classes(state: State, scene: Scene): void {
    const { plane } = app.planeData();
    const centres: Point[] = [];
    for (const k of [state.classA, state.classB]) {
      const members = k === null ? undefined : app.members()[k];
      if (k === null || !members?.length) continue;
      const { x, y, xx, xy, yy } = planeSummary(plane.coords, members);
      const colour: Rgb = colours(app.look().dark)[k]!;
      if (plane.spec.kind !== "strip") scene.regions.push({ rings: regions(app.planeData())[k]!(), colour });
      // The y axis of a strip has no meaning, nor have distances on a UMAP plane.
      const shape = plane.spec.kind === "strip" ? principal(xx, 0, 0) : principal(xx, xy, yy);
      if (plane.spec.kind !== "umap" && plane.spec.kind !== "sphere") scene.ellipses.push({ shape: { x, y, ...shape }, colour: app.look().ink });
      scene.marks.push({ x, y, kind: "centre" });
      centres.push([x, y]);
    }
    if (centres.length === 2) scene.lines.push({ points: centres, kind: "between", closed: false });
  }

  function point(state: State, scene: Scene): void {
    if (state.item === null) return;
    for (const i of highlights().neighbours) scene.marks.push({ x: item(i)[0], y: item(i)[1], kind: "neighbour" });
    const [x, y] = item(state.item);
    scene.marks.push({ x, y, kind: "item" });
    const logVar = highlights().logVar?.subarray(state.item * app.atlas.dim, (state.item + 1) * app.atlas.dim);
    const shape = logVar && app.planeData().plane.spread(app.mean(state.item), logVar.map(Math.exp));
    if (shape) scene.ellipses.push({ shape: { ...shape, x, y }, colour: app.look().seal });
  }

  function path(state: State, scene: Scene): void {
    const stops = state.stops.map((stop): Point | null => ("item" in stop ? item(stop.item) : place(stop.z)));
    const codes = state.plane.kind === "umap" ? [] : app.path();
    const points = (codes.length ? codes.map((z) => place(z)) : stops).filter((at) => at !== null);
    scene.lines.push({ points, kind: "path", closed: false });
    stops.forEach((at, k) => at && scene.marks.push({ x: at[0], y: at[1], kind: "stop", text: String(k + 1) }));
    const at = codes[state.frame] && place(codes[state.frame]!);
    if (at) scene.marks.push({ x: at[0], y: at[1], kind: "item" });
  }

  /** The drawn lines of groups on their own plane, and the letters of the groups. */
  function groups(state: State, scene: Scene): void {
    state.shown.groups.forEach((group, k) => {
      const items = group && group.kind !== "others" ? app.groupItems(group) : null;
      if (!items?.length) return;
      if (group!.kind === "lasso" && planeKey(group!.plane) === planeKey(state.plane)) scene.lines.push({ points: group!.line, kind: "lasso", closed: true });
      const centre = centres[k]!(app.planeData().plane.coords, items, app.visible());
      if (centre) scene.marks.push({ x: centre.x, y: centre.y, kind: "stop", text: "AB"[k]!, ...(k ? { colour: second(app.look()) } : {}) });
    });
  }

  function drawing(scene: Scene): void {
    const { drawn, neighbours } = highlights();
    const marks = neighbours.map((i): Mark => ({ x: item(i)[0], y: item(i)[1], kind: "neighbour" }));
    const at = drawn && place(drawn, neighbours[0]);
    if (at) scene.marks.push(...marks, { x: at[0], y: at[1], kind: "drawn" });
  }

  return {
    scene() {
      const state = app.store.get();
      const { spec } = app.planeData().plane;
      const scene = { ...emptyScene(), strip: spec.kind === "strip", names: state.points && !(state.shown.clusters && app.clusters) ? names(state) : [] };
      scene.axes = axesOf(app.words(), spec, app.atlas.manifest.pca?.explained ?? [0, 0]);
      if (state.shown.contours && spec.kind !== "strip") scene.contours = contours(app.planeData());
      const outline = outlineOf(app.atlas.manifest.layout ?? [], spec);
      if (outline) scene.lines.push({ points: outline, kind: "between", closed: true });
      if (state.panel === "class") classes(state, scene);
      if (state.panel === "point") point(state, scene);
      if (state.panel === "path") path(state, scene);
      if (state.panel === "draw") drawing(scene);
      if (state.panel === "groups") groups(state, scene);
      if (state.panel === "select" && state.lasso.length) scene.lines.push({ points: state.lasso, kind: "lasso", closed: !state.open });
      if (state.pointed !== null) scene.marks.push({ x: item(state.pointed)[0], y: item(state.pointed)[1], kind: "pointed" });
      const at = place(state.z);
      const diamond = state.panel === "draw" && highlights().drawn; // it is drawn at the same place
      if (at && !diamond) scene.cursor = { x: at[0], y: at[1], pinned: state.pinned };
      return scene;
    },
    highlighted() {
      const state = app.store.get();
      if (state.panel === "class" && state.classA !== null && app.atlas.labels) return inClasses(state.classA, state.classB);
      if (state.panel === "groups") return inGroups(state.shown.groups);
      if (state.panel === "select" && app.selection().length) return inSelection(app.selection());
      return null;
    },
  };
}
