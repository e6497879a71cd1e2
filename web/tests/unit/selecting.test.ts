import { expect, it } from "vitest";
import type { App } from "../../src/app.ts";
import { makeActions } from "../../src/map/actions.ts";
import type { View } from "../../src/map/camera.ts";
import { selectCluster } from "../../src/map/cluster-labels.ts";
import { selectedGroup } from "../../src/panels/group-names.ts";
import type { Group } from "../../src/state/groups.ts";
import { linkMaps } from "../../src/state/link-maps.ts";
import { pick } from "../../src/state/rows.ts";
import { selecting } from "../../src/state/selecting.ts";
import { type Limits, type State, initialState } from "../../src/state/state.ts";
import { createStore } from "../../src/state/store.ts";

const cluster: Group = { kind: "cluster", scale: 0, k: 2 };
const line: [number, number][] = [[0, 0], [9, 0], [9, 9]];
const limits = { dim: 2, classes: 0, columns: 0, activity: [0, 1] } as unknown as Limits;

function appOf(changes: Partial<State> = {}): App {
  const store = createStore<State>({ ...initialState(limits, "en"), panel: "select", ...changes });
  return { store, limits, atlas: { count: 4, ids: { row: (item: number) => item }, manifest: {} }, selection: () => store.get().picked ?? group(store.get()), mean: () => [0, 0] } as unknown as App;
}
const [two, none] = [Int32Array.of(1, 3), new Int32Array(0)];
const group = ({ shown }: State): Int32Array => (shown.chosen ? two : none);

it("one kind of selection ends the others, however it begins", () => {
  const app = appOf();
  const kinds = (): unknown[] => {
    const { lasso, picked, shown } = app.store.get();
    return [lasso.length && "line", picked && "items", shown.chosen && "group"].filter(Boolean);
  };
  const ways: Record<string, () => void> = {
    items: () => app.store.set(pick(app.store.get(), Int32Array.of(1))), group: () => selectCluster(app, 0, 2),
    line: () => makeActions(app).stroke(line, { kx: 1 } as View, true),
  };
  for (const first of Object.keys(ways)) {
    for (const next of Object.keys(ways)) {
      ways[first]!();
      ways[next]!();
      expect(kinds(), `${first}, ${next}`).toEqual([next]);
    }
  }
  app.store.set(selecting(app.store.get()));
  expect(kinds()).toEqual([]);
});

it("picked items are no group that can be compared", () => {
  const app = appOf();
  selectCluster(app, 0, 2);
  expect(selectedGroup(app)).toEqual(cluster);
  app.store.set({ picked: Int32Array.of(0) });
  expect(selectedGroup(app)).toBeNull();
});

it("a group of the link is selected on the other map too, and no selection is never sent", () => {
  const [a, b] = [appOf(), appOf({ shown: { ...initialState(limits, "en").shown, chosen: cluster } })];
  linkMaps(a, b);
  expect([...a.selection()]).toEqual([1, 3]);
  b.store.set(selecting(b.store.get()));
  expect(a.store.get().picked).toBeNull(); // so that its filters select again
  const [c, d] = [appOf(), appOf()];
  linkMaps(c, d);
  c.store.set({ hovered: 1 });
  expect(d.store.get().picked).toBeNull();
});
