import { describe, expect, it } from "vitest";
import type { Column } from "../../src/bundle/columns.ts";
import { checkStructure, openClusters, type Structure } from "../../src/bundle/structure.ts";
import { makeGroups } from "../../src/groups.ts";
import { differenceOf } from "../../src/look/difference.ts";
import type { App } from "../../src/app.ts";
import { axesOf } from "../../src/map/axes.ts";
import { sceneBuilder } from "../../src/map/build-scene.ts";
import { scaleAt } from "../../src/map/cluster-labels.ts";
import { words } from "../../src/i18n/index.ts";
import { cohensD, correlation, cramersV, moments, tally } from "../../src/math/effects.ts";
import { peaks } from "../../src/math/peaks.ts";
import { place } from "../../src/math/placing.ts";
import { type Limits, firstPlane } from "../../src/state/state.ts";
import { type Group, groupKey, groupOf } from "../../src/state/groups.ts";

const column = { name: "cluster of 2", kind: "category", levels: ["1", "2"], cells: "u8" } as unknown as Column;
const cluster = { count: 2, item: 1, classes: [[0, 1]] as [number, number][], columns: [] };
const structure: Structure = { layout: null, clusters: { items: 4, scales: [{ column, clusters: [cluster, cluster] }] } };

describe("effect sizes", () => {
  const [a, b] = [[1.5, 2, NaN, 4, 3.5], [2, 5, 6, 4.5]];
  const all = [...a, ...b];
  const [first, second] = [moments(all, [0, 1, 2, 3, 4]), moments(all, [5, 6, 7, 8])];

  it("agree with SciPy", () => {
    // t = scipy.stats.ttest_ind([1.5, 2, 4, 3.5], [2, 5, 6, 4.5]).statistic; d = t * sqrt(1 / 4 + 1 / 4)
    expect(first.count).toBe(4); // without the missing value
    expect(cohensD(first, second)).toBeCloseTo(-1.106633, 6);
    // scipy.stats.pearsonr([1, 1, 1, 1, 0, 0, 0, 0], [1.5, 2, 4, 3.5, 2, 5, 6, 4.5]).statistic
    expect(correlation(cohensD(first, second), 4, 4)).toBeCloseTo(-0.538405, 6);
    // scipy.stats.contingency.association([[10, 20, 30], [6, 19, 7]], method="cramer")
    expect(cramersV([10, 20, 30], [6, 19, 7])).toBeCloseTo(0.285434, 6);
  });

  it("of numbers and of categories have one scale", () => {
    const values = [1, 1, 0, 1, 0, 0, 0];
    const [n, m] = [[0, 1, 2], [3, 4, 5, 6]];
    const d = cohensD(moments(values, n), moments(values, m));
    expect(correlation(d, 3, 4)).toBeCloseTo(cramersV(tally(values, n, 2), tally(values, m, 2)), 12);
  });

  it("exist without variation, and are 0 without values", () => {
    const [ones, zeros, none] = [moments([1, 1], [0, 1]), moments([0, 0], [0, 1]), moments([NaN], [0])];
    expect(correlation(cohensD(ones, zeros), 2, 2)).toBe(1);
    expect([cohensD(ones, ones), cohensD(ones, none), cramersV([0, 0], [1, 2]), cramersV([3, 0], [2, 0])]).toEqual([0, 0, 0, 0]);
  });
});

describe("labels", () => {
  const area = { x: 10, y: 10, width: 300, height: 200 };
  const label = (x: number, y: number) => ({ anchor: [x, y] as [number, number], width: 60, height: 20 });
  const boxes = (at: ([number, number] | null)[]) => at.flatMap((corner) => (corner ? [{ x: corner[0], y: corner[1], width: 60, height: 20 }] : []));

  it("never overlap, stay inside the map, and keep the cursor free", () => {
    const cursor = { x: 140, y: 90, width: 30, height: 30 };
    const placed = [...boxes(place(Array.from({ length: 60 }, (_, k) => label(20 + 13 * (k % 22), 15 + 7 * (k % 27))), area, [cursor])), cursor];
    expect(placed.length).toBeGreaterThan(10);
    placed.forEach((a, i) => placed.slice(i + 1).forEach((b) => {
      expect(a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height).toBe(false);
    }));
    for (const { x, y, width, height } of placed) expect(x >= 10 && y >= 10 && x + width <= 310 && y + height <= 210).toBe(true);
  });

  it("are centered if there is room, the first ones first, and hidden outside the map", () => {
    expect(place([label(100, 100), label(100, 100), label(5, 100)], area, [])).toEqual([[70, 90], [70, 66], null]);
  });

  it("of finer scales appear at higher zooms", () => {
    expect([1, 1.8, 2, 5, 90].map((zoom) => scaleAt(zoom, 3))).toEqual([0, 0, 1, 2, 2]);
    expect(scaleAt(90, 1)).toBe(0);
  });

  it("stand where a group is densest", () => {
    const coords = Float32Array.from([...Array.from({ length: 20 }, (_, k) => [0.2 + k / 1e4, 0.8]).flat(), 0.9, 0.1, 0.6, 0.6]);
    const [first, second, third] = peaks(coords, { left: 0, right: 1, low: 0, high: 1 }, [...new Array<number>(20).fill(0), 0, 1], 3);
    expect(first![0]).toBeCloseTo(0.2, 1);
    expect(first![1]).toBeCloseTo(0.8, 1);
    expect(second![0]).toBeCloseTo(0.6, 1);
    expect(third).toBeNull();
  });
});

describe("groups", () => {
  const sizes = { classes: 3, clusters: [2, 5] };
  const planeOf = (text: string): { kind: "pca" } | null => (text === "pca" ? { kind: "pca" } : null);
  const groups: Group[] = [{ kind: "cluster", scale: 1, k: 4 }, { kind: "class", k: 2 }, { kind: "others" }, { kind: "lasso", plane: { kind: "pca" }, line: [[0, 1], [2, -3.5], [4, 5]] }];

  it("become text and groups again", () => {
    expect(groups.map((group) => groupOf(groupKey(group), sizes, planeOf))).toEqual(groups);
  });

  it("of a link that names none are null", () => {
    for (const text of ["", "c1.5", "c2.0", "k3", "lpca~0,1;2,3", "lpca~0,1;2,x;4,5", "lumap~0,1;2,3;4,5", "<b>", "c-1.0", "lpca~1e9,0;1,1;2,2"]) expect(groupOf(text, sizes, planeOf), text).toBeNull();
  });

  it("hold the items of clusters, classes, lines, and all others", async () => {
    const files = { read: async () => Uint8Array.from([0, 1, 1, 0]).buffer as ArrayBuffer };
    const clusters = openClusters(files, structure, 4)!;
    const itemsOf = makeGroups({ count: 4 } as Parameters<typeof makeGroups>[0], clusters, () => [Int32Array.of(2)], () => Float32Array.of(0, 0, 1, 1, 2, 2, 0.5, 0.6));
    const first: Group = { kind: "cluster", scale: 0, k: 0 };
    expect(itemsOf(first)).toBeNull(); // not read yet
    await clusters.ready;
    expect([...itemsOf(first)!]).toEqual([0, 3]);
    expect([...itemsOf({ kind: "others" }, first)!]).toEqual([1, 2]);
    expect([...itemsOf({ kind: "others" }, { kind: "class", k: 0 })!]).toEqual([0, 1, 3]);
    expect([...itemsOf({ kind: "lasso", plane: { kind: "pca" }, line: [[0.4, 0.4], [3, 0.4], [3, 3], [0.4, 3]] })!]).toEqual([1, 2, 3]);
    expect(itemsOf({ kind: "others" })).toBeNull();
  });
});

it("the letters of groups stand in the middle of the items that filters leave", () => {
  const coords = Float32Array.of(0, 0, 2, 4, 6, 8);
  let mask: Uint8Array | null = null;
  const state = { panel: "groups", points: false, plane: { kind: "pca" }, pointed: null, z: [0, 0], pinned: false,
    shown: { clusters: false, contours: false, groups: [{ kind: "class", k: 0 }, { kind: "class", k: 1 }] } };
  const data = { plane: { spec: { kind: "pca" }, coords, project: () => null } };
  const app = {
    store: { get: () => state }, planeData: () => data, visible: () => mask, words: () => words("en"), look: () => ({ dark: false }), members: () => [],
    atlas: { manifest: {}, names: [], count: 3 }, groupItems: ({ k }: { k: number }) => [Int32Array.of(0, 1), Int32Array.of(2)][k],
  } as unknown as App;
  const { scene } = sceneBuilder(app, () => ({ neighbours: [], drawn: null, logVar: null }));
  const letters = (): unknown[] => scene().marks.map(({ text, x, y }) => [text, x, y]);
  expect(letters()).toEqual([["A", 1, 2], ["B", 6, 8]]);
  mask = Uint8Array.of(0, 1, 0);
  expect(letters()).toEqual([["A", 2, 4]]);
});

describe("the structure of a bundle", () => {
  it("must name items, classes and columns that exist", () => {
    expect(() => checkStructure(structure, 4, 1, 0, 2)).not.toThrow();
    expect(() => checkStructure(structure, 1, 1, 0, 2)).toThrow(/scales\[0\]\.clusters\[0\] must name items/);
    expect(() => checkStructure(structure, 4, 0, 0, 2)).toThrow(/export the run again/);
    const views = (y: number): Structure => ({ layout: { criterion: "accuracy", items: 9, views: [{ kind: "dims", x: 0, y, trustworthiness: 1, accuracy: 1 }] }, clusters: null });
    expect(() => checkStructure(views(1), 4, 1, 0, 2)).not.toThrow();
    expect(() => checkStructure(views(2), 4, 1, 0, 2)).toThrow(/views\[0\] must name two of the 2 dimensions/);
    expect(() => checkStructure({ layout: null, clusters: { items: 4, scales: [] } }, 4, 1, 0, 2)).toThrow(/must have at least one entry/);
    const short = { layout: null, clusters: { items: 4, scales: [{ column: { ...column, levels: ["1"] }, clusters: [cluster, cluster] }] } };
    expect(() => checkStructure(short, 4, 1, 0, 2)).toThrow(/must have a level for each of its 2 clusters, got 1/);
  });

  it("must have a cluster for each item", async () => {
    const clusters = openClusters({ read: async () => new ArrayBuffer(3) }, structure, 4)!;
    await expect(clusters.ready).rejects.toThrow("data/clusters-0.u8 must hold 4 bytes, got 3; export the run again");
    expect(openClusters({ read: async () => new ArrayBuffer(3) }, { layout: null, clusters: null }, 4)).toBeNull();
  });

  it("opens on the view that separates best, if the page has it", () => {
    const limits = { dim: 4, activity: [3, 1], pca: true, umap: false, views: [{ kind: "umap" }, { kind: "pca" }, { kind: "dims", x: 0, y: 1 }] } as unknown as Limits;
    expect(firstPlane(limits)).toEqual({ kind: "pca" });
    expect(firstPlane({ ...limits, umap: true })).toEqual({ kind: "umap" });
    expect(firstPlane({ ...limits, pca: false })).toEqual({ kind: "dims", x: 0, y: 1 });
    expect(firstPlane({ ...limits, views: undefined } as unknown as Limits)).toEqual({ kind: "dims", x: 3, y: 1 });
  });

  it("names the axes of each view", () => {
    const t = words("en");
    expect(axesOf(t, { kind: "pca" }, [0.34, 0.2])[0]).toEqual({ name: "principal component 1 (34% of variance)", short: "PC 1 (34%)" });
    expect(axesOf(t, { kind: "umap" }, [])[1].name).toBe("UMAP 2");
    expect(axesOf(t, { kind: "dims", x: 0, y: 11 }, [])[1].name).toBe("z12");
  });
});

it("a difference is averaged over the channels of an image", () => {
  expect([...differenceOf([1, 0, 0.5, 0, 0, 0], [0, 0, 0, 0.3, 0.3, 0.3], [1, 2, 3])].map((value) => Number(value.toFixed(3)))).toEqual([0.5, -0.3]);
  expect([...differenceOf([1, 0.5], [0.5, 1], [2])]).toEqual([0.5, -0.5]);
});
