import { describe, expect, it } from "vitest";
import { idsOf } from "../../src/bundle/ids.ts";
import { halves } from "../../src/state/halves.ts";
import { readLink, writeLink } from "../../src/state/link.ts";
import { type Limits, type State, initialState } from "../../src/state/state.ts";

const ids = idsOf(Int32Array.from({ length: 1000 }, (_, item) => 999 - item), null);
const limits: Limits = { dim: 3, ids, classes: 10, columns: 2, settings: 5, score: true, pca: true, umap: true, size: 16, activity: [2, 0, 1], clusters: [2, 4] };
const transient = { pen: false, open: false, frame: 0, playing: false, intro: false, hovered: null, pointed: null, picked: null, values: null };

describe("a link", () => {
  it("restores every part of the state", () => {
    const state: State = {
      panel: "class", plane: { kind: "dims", x: 1, y: 2 }, camera: { x: 0.5, y: -1.25, span: 3 }, z: [0.5, -1, 2.25], base: [0, 0, 2.25], pinned: true,
      colouring: "score", points: true, manifold: false, strength: 40, condition: 3, item: 42, classA: 4, classB: 9, stops: [{ item: 7 }, { z: [1, -2, 0.5] }, { item: 0 }],
      curve: "spherical", frames: 48, lasso: [[0, 1], [2, -3], [4.5, 5]], filters: [], drawing: Uint8Array.from({ length: 16 }, (_, i) => i * 16), seed: 3,
      shown: { clusters: true, contours: true, scale: 1, chosen: { kind: "cluster", scale: 1, k: 3 }, groups: [{ kind: "lasso", plane: { kind: "umap" }, line: [[0, 1], [-2, 3.5], [4, 5]] }, { kind: "others" }] },
      language: "ja", theme: "dark", ...transient,
    };
    expect(readLink(`#${writeLink(state, limits)}`, limits, "en")).toEqual(state);
  });

  it("of two maps keeps both states, whatever a search or a line contains", () => {
    const first = initialState(limits, "en");
    const line = { kind: "lasso", plane: { kind: "umap" }, line: [[0, 1], [2, 3], [4, 5]] } as const;
    const states: State[] = [
      { ...first, intro: false, filters: [{ column: null, text: "a~b %7E" }] },
      { ...first, intro: false, shown: { ...first.shown, groups: [{ ...line, line: [...line.line] as [number, number][] }, { kind: "others" }] } },
    ];
    let address = "";
    const parts = halves({ linked: true, read: () => address, write: (link) => { address = `#${link}`; }, onChange: () => () => undefined });
    parts.forEach((part, k) => part.write(writeLink(states[k]!, limits)));
    expect(parts.map((part) => readLink(part.read(), limits, "en"))).toEqual(states);
    expect(parts.map((part) => part.read())).toEqual(states.map((state) => `#${writeLink(state, limits)}`));
  });

  it("to an item leads to the item, not to the position of the pointer", () => {
    expect(writeLink({ ...initialState(limits, "en"), panel: "point", item: 7, z: [1, 2, 3] }, limits)).toBe("p=point&i=992&g=en");
  });

  it("names items by their rows in the source, which may lie apart", () => {
    const apart = { ...limits, ids: idsOf(Int32Array.from([4, 70_000, 0]), ["a", "b", "c"]) };
    const state: State = { ...initialState(apart, "en"), intro: false, item: 1, stops: [{ item: 0 }, { item: 2 }] };
    expect(writeLink(state, apart)).toBe("i=70000&s=i4;i0&g=en");
    expect(readLink("i=70000&s=i4;i5;i0", apart, "en")).toEqual(state);
    expect(readLink("i=1", apart, "en").item).toBeNull();
  });

  it("is short if nothing has changed", () => {
    const first = initialState(limits, "en");
    expect(writeLink(first, limits)).toBe("g=en");
    expect(readLink("", limits, "en")).toEqual(first);
    expect(readLink("g=en&t=dark", limits, "en").intro).toBe(true);
    expect(writeLink({ ...first, intro: false }, limits)).toBe("g=en&h=0");
    expect(readLink("g=en&h=0", limits, "en").intro).toBe(false);
    expect(first.plane).toEqual({ kind: "dims", x: 2, y: 0 });
  });

  it("has no class for a model without a condition", () => {
    const unconditional = { ...limits, settings: 0 };
    expect(initialState(unconditional, "en").condition).toBeNull();
    expect(readLink("#q=3", unconditional, "en").condition).toBeNull();
  });

  for (const plane of [{ kind: "pca" }, { kind: "umap" }] as const) {
    it(`keeps ${plane.kind}`, () => {
      expect(readLink(writeLink({ ...initialState(limits, "en"), plane }, limits), limits, "en").plane).toEqual(plane);
    });
  }

  it("of a strip always opens as a strip", () => {
    const strip = { ...limits, dim: 1, activity: [0] };
    expect(readLink("#v=d0.1", strip, "en").plane).toEqual({ kind: "strip" });
  });

  it("omits a drawing that would make it too long", () => {
    const large = { ...limits, size: 5000 };
    expect(writeLink({ ...initialState(large, "en"), drawing: new Uint8Array(5000) }, large)).toBe("g=en");
  });

  it("with invalid values results in a valid state", () => {
    const hostile = ["z=NaN,1,2", "z=1e99,0,0", "z=1,2", "q=5", "q=-1", "q=x", "i=1000", "i=-1", "i=1.5", "a=10,11", "v=d0.0", "v=d0.9", "c=0,0,0", "c=0,0,-1", "c=a,b,c",
      "s=i9999;z1;x", "f=100000", "o=<img>", "p=__proto__", "d=%%%", "d=!!!", "r=1;2,3;x,y", "g=xx", "t=javascript:alert(1)", "%E0%A4%A", "===&&&=", "e=99999999999"];
    const first = initialState(limits, "en");
    for (const part of hostile) {
      const { lasso, frames, intro, ...rest } = readLink(`#${part}`, limits, "en");
      const { lasso: _, frames: __, intro: ___, ...same } = first;
      expect(typeof intro).toBe("boolean");
      expect({ part, ...rest }).toEqual({ part, ...same });
      expect(frames).toBeLessThanOrEqual(120);
      expect(lasso.every(([x, y]) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
    }
  });
});
