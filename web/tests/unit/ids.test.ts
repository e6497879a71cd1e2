import { describe, expect, it } from "vitest";
import { type Ids, idsOf } from "../../src/bundle/ids.ts";

const rows = Int32Array.from([1, 4, 9, 0, 7]); // training items first; rows 2, 3, … are not in the data
const names = ["b.png", "e.png", "7", "a.png", "<b>"];
const items = [0, 1, 2, 3, 4];

describe("what items are called", () => {
  it("is the row in the source or, if there is one, the name", () => {
    const [unnamed, named] = [idsOf(rows, null), idsOf(rows, names)];
    expect(items.map(unnamed.of)).toEqual(["1", "4", "9", "0", "7"]);
    expect(items.map(named.of)).toEqual(names);
    expect([unnamed.named, named.named]).toEqual([false, true]);
    for (const ids of [unnamed, named]) expect(items.map(ids.row)).toEqual(Array.from(rows));
  });

  it("leads back to the item; a name comes before a row, as on the command line", () => {
    const [unnamed, named] = [idsOf(rows, null), idsOf(rows, names)];
    for (const ids of [unnamed, named]) {
      expect(items.map((item) => ids.at(ids.row(item)))).toEqual(items);
      expect([2, -1, 0.5, NaN, 2 ** 40].map(ids.at)).toEqual([null, null, null, null, null]);
      expect(["9", "007", "3", "", "1.5", "-1", " 1"].map(ids.find)).toEqual([2, 4, null, null, null, null, null]);
    }
    expect(["a.png", "<b>", "7", "A.PNG"].map(named.find)).toEqual([3, 4, names.indexOf("7"), null]);
    expect(unnamed.find("a.png")).toBeNull();
  });

  it("is followed in the order of the source, from the last to the first", () => {
    const ids = idsOf(rows, names);
    const walk = (start: number | null, step: 1 | -1): number[] => {
      const seen: number[] = [];
      for (let item = ids.beside(start, step); seen.length < 6; item = ids.beside(item, step)) seen.push(ids.row(item));
      return seen;
    };
    expect(walk(null, 1)).toEqual([0, 1, 4, 7, 9, 0]);
    expect(walk(3, -1)).toEqual([9, 7, 4, 1, 0, 9]);
    expect(ids.beside(null, -1)).toBe(3);
    expect(idsOf(Int32Array.from([5]), null).beside(0, 1)).toBe(0);
  });

  it("is found in a moment among a million items", () => {
    const count = 1_000_000;
    const ids: Ids = idsOf(Int32Array.from({ length: count }, (_, item) => (item * 7) % count), null);
    const start = performance.now();
    for (const item of [0, 1, count - 1]) {
      expect(ids.at(ids.row(item))).toBe(item);
      expect(ids.row(ids.beside(item, 1))).toBe((ids.row(item) + 1) % count);
    }
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
