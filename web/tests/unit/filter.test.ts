import { describe, expect, it } from "vitest";
import type { Column } from "../../src/bundle/columns.ts";
import type { ItemColumns } from "../../src/bundle/item-columns.ts";
import { binsOf, countBars, endsOf, roundedEnd } from "../../src/filter/bins.ts";
import { crossfilter } from "../../src/filter/crossfilter.ts";
import { type Filter, MISSING, folded, isLevels, isRange, toggleLevel } from "../../src/filter/filter.ts";
import { readFilters, writeFilters } from "../../src/filter/link.ts";
import { QueryError, parseQuery } from "../../src/filter/query.ts";
import { diverging, hex } from "../../src/look/colour.ts";
import { contrast } from "../../src/look/contrast.ts";
import { colourOfColumn } from "../../src/map/point-colours.ts";
import { orderBy } from "../../src/math/order.ts";
import { firstRow } from "../../src/panels/item-list.ts";
import { plainCell } from "../../src/save/selection.ts";
import { normal, uniform } from "../../src/math/random.ts";

const column = (name: string, change: Partial<Column> = {}): Column =>
  ({ name, kind: "number", levels: [], decimals: 1, low: 0, high: 100, stored: "float", form: "", offset: 0, factor: 1, quantiles: null, cells: "f32", ...change });
const columns = [column("mpg"), column("origin", { kind: "category", levels: ["europe", "japan", "usa"] }), column("mpg of <b>cars</b>, new"), column("is new", { kind: "boolean" }),
  column("seen", { kind: "date" }), column("note", { kind: "text", cells: "json" })];
const names = columns.map(({ name }) => name);
const parsed = (query: string): Filter[] => parseQuery(query, columns, names);

it("ends of a range are rounded by the width of the plot, not by their own size", () => {
  const hour = 1_780_000_000; // times within an hour
  expect(roundedEnd(hour + 1234.56, 3600)).toBe(hour + 1235);
  expect([roundedEnd(12.34567, 100), roundedEnd(-0.00123456, 0.01), roundedEnd(Infinity, 1)]).toEqual([12.3, -0.00123, Infinity]);
});

describe("a query", () => {
  for (const [query, filters] of [
    ["mpg > 30", [{ column: 0, low: 30, high: Infinity, above: true }]],
    ["MPG<=−3.5", [{ column: 0, low: -Infinity, high: -3.5 }]],
    ["ｍｐｇ ≥ ３０", [{ column: 0, low: 30, high: Infinity }]],
    ["mpg > 20, mpg < 30", [{ column: 0, low: 20, high: 30, above: true, below: true }]],
    ["mpg of <b>cars</b>, new = 4", [{ column: 2, low: 4, high: 4 }]],
    ["origin = JAPAN and mpg > 3", [{ column: 1, levels: [1] }, { column: 0, low: 3, high: Infinity, above: true }]],
    ["origin != japan", [{ column: 1, levels: [0, 2] }]],
    ["origin contains a", [{ column: 1, levels: [1, 2] }]],
    ["origin = missing", [{ column: 1, levels: [MISSING] }]],
    ["is new = yes", [{ column: 3, levels: [1] }]],
    ["seen >= 2020-01-02", [{ column: 4, low: 1577923200, high: Infinity }]],
    ["note: \"red, blue\", mpg = 1", [{ column: 5, text: "red, blue" }, { column: 0, low: 1, high: 1 }]],
    ["name contains a/b", [{ column: null, text: "a/b" }]],
    ["<img src=x onerror=alert(1)>", null], ["mpg", [{ column: null, text: "mpg" }]], ["  ", []],
  ] as [string, Filter[] | null][]) {
    it(`${query}`, () => (filters ? expect(parsed(query)).toEqual(filters) : expect(() => parsed(query)).not.toThrow()));
  }

  for (const [query, key] of [
    ["price > 3", "filter.unknown"], ["mpg > many", "filter.number.only"], ["mpg contains 3", "filter.number.only"], ["origin > 3", "filter.level.only"], ["origin = mars", "filter.no.level"],
    ["note > 3", "filter.text.only"], ["seen > yesterday", "filter.date.only"], ["mpg >", "filter.no.value"],
  ] as const) {
    it(`${query} is refused: ${key}`, () => {
      try {
        parsed(query);
        expect.unreachable();
      } catch (error) {
        expect((error as QueryError).key).toBe(key);
      }
    });
  }
});

describe("filters in a link", () => {
  it("come back as they were", () => {
    const filters: Filter[] = [{ column: 0, low: -Infinity, high: 30.25, below: true }, { column: 1, levels: [0, MISSING] }, { column: 5, text: "a;b,c=&#%" }, { column: null, text: "貓 <b>" }];
    for (const link of [writeFilters(filters), encodeURIComponent(decodeURIComponent(writeFilters(filters)))]) expect(readFilters(decodeURIComponent(link), columns)).toEqual(filters);
  });

  it("that do not fit the columns are not read", () => {
    for (const text of ["r9,1,2,", "r0,3,1,", "r0,x,1,", "l1,7", "l1,", "l5,0", "r5,1,2,", "t0,abc", "t,", "t5,%E0%A4%A", "z1,2", "r0,1e999x,,", "l1,0x1", ";;;"]) expect(readFilters(text, columns), text).toEqual([]);
    expect(readFilters("r0,1,2,;r0,3,4,", columns)).toEqual([{ column: 0, low: 1, high: 2 }]);
  });
});

describe("the items that pass all filters", () => {
  const count = 5000;
  const [draw, spread] = [uniform(4), normal(5)];
  const numbers = Float32Array.from({ length: count }, () => (draw() < 0.1 ? NaN : Number(spread().toFixed(1))));
  const levels = Float32Array.from({ length: count }, () => (draw() < 0.1 ? NaN : Math.floor(3 * draw())));
  const notes = Array.from({ length: count }, (_, i) => (i % 7 ? `Note ${i}` : ""));
  const data: ItemColumns = {
    columns: [columns[0]!, columns[1]!, columns[5]!], own: 0,
    cells: async (k) => [numbers, levels][k]!, loaded: (k) => [numbers, levels][k]!, texts: async () => notes, loadedTexts: () => notes,
  };
  const passes = (filter: Filter, i: number): boolean => {
    if (isRange(filter)) return numbers[i]! >= Math.fround(filter.low) && numbers[i]! <= Math.fround(filter.high) && !(filter.above && numbers[i] === Math.fround(filter.low)) && !(filter.below && numbers[i] === Math.fround(filter.high));
    if (isLevels(filter)) return filter.levels.includes(Number.isNaN([numbers, levels][filter.column]![i]) ? MISSING : [numbers, levels][filter.column]![i]!);
    return [filter.column === null ? `item ${i}` : "", notes[i]!, filter.column === null ? data.columns[1]!.levels[levels[i]!] ?? "" : ""].some((text) => folded(text).includes(folded(filter.text)));
  };
  const engine = crossfilter(count, data, (i) => `item ${i}`, () => undefined, (error) => { throw error; });
  const range: Filter = { column: 0, low: -0.3, high: 0.7, above: true };
  const level: Filter = { column: 1, levels: [1, MISSING] };
  const text: Filter = { column: 2, text: "NOTE 1" };
  for (const filters of [[range], [range, level], [range, level, text], [level, text], [{ column: null, text: "JAPAN" }], [{ column: 0, levels: [MISSING] }], [], [{ ...range, above: false, below: true } as Filter, text]] as Filter[][]) {
    it(`agree with a check of each item: ${JSON.stringify(filters)}`, () => {
      const expected = Array.from({ length: count }, (_, i) => filters.every((filter) => passes(filter, i)));
      const mask = engine.visible(filters);
      expect(filters.length ? Array.from(mask!, Boolean) : mask).toEqual(filters.length ? expected : null);
      expect(engine.count(filters)).toBe(expected.filter(Boolean).length);
      for (const k of [0, 1]) {
        const { bins, bars } = engine.bars(k, filters)!;
        const others = filters.filter((filter) => filter.column !== k);
        const brute = new Array<number>(bins.count).fill(0);
        for (let i = 0; i < count; i++) if (others.every((filter) => passes(filter, i))) brute[bins.of[i]!]!++;
        expect(Array.from(bars)).toEqual(brute);
      }
      expect(engine.visible(filters)).toBe(mask); // so that nothing is drawn again
    });
  }

  it("follow a column that is read later", async () => {
    let [isRead, told] = [false, 0];
    const later = crossfilter(count, { ...data, loaded: () => (isRead ? numbers : null), cells: () => Promise.resolve().then(() => { isRead = true; return numbers; }) }, String, () => { told++; }, (error) => { throw error; });
    expect(later.visible([range])).toBeNull();
    expect(later.bars(0, [range])).toBeNull();
    await new Promise((done) => setTimeout(done));
    expect(told).toBe(1);
    expect(later.count([range])).toBe(engine.count([range]));
  });
});

it("items are ordered by their values, without those that have none", () => {
  const values = [3, NaN, 1, 3, NaN, 2];
  expect(Array.from(orderBy(Int32Array.of(5, 4, 3, 2, 1, 0), values, false))).toEqual([2, 5, 0, 3, 1, 4]);
  expect(Array.from(orderBy(Int32Array.of(0, 1, 2, 3), values, true))).toEqual([0, 3, 2, 1]);
});

it("a long list finds its rows although browsers cannot scroll that far", () => {
  const [view, tall] = [352, 8e6];
  expect(firstRow(100, 0, 4400, view)).toBe(0);
  expect(firstRow(100, 440, 4400, view)).toBe(10);
  expect(firstRow(1e7, 0, tall, view)).toBe(0);
  expect(firstRow(1e7, tall - view, tall, view)).toBe(1e7 - 8);
  expect(firstRow(1e7, (tall - view) / 2, tall, view)).toBeCloseTo(5e6, -1);
});

it("colors of values on both sides of zero have zero in the middle", () => {
  const { palette, scale, colour } = colourOfColumn(columns[0]!, Float32Array.of(-1, 0, 4, NaN), false);
  expect(scale!.low).toBe(-scale!.high);
  expect(Math.abs(colour[1]! - (palette.length - 2) / 2)).toBeLessThanOrEqual(1);
  expect(colour[3]).toBe(palette.length - 1);
  for (const dark of [false, true]) for (const t of [0, 0.5, 1]) expect(contrast(diverging(t, dark), hex(dark ? "#17181a" : "#faf8f3"))).toBeGreaterThan(3);
});

it("cells are saved with all of their digits", () => {
  expect(plainCell({ ...columns[0]!, decimals: null }, Math.fround(0.1))).toBe(0.1);
  expect(plainCell(columns[0]!, Math.fround(30.3))).toBe(30.3);
  expect(plainCell(columns[1]!, 1)).toBe("japan");
  expect(plainCell(columns[3]!, 0)).toBe("false");
  expect(plainCell({ ...columns[4]!, stored: "date" }, 86400)).toBe("1970-01-02");
  expect(columns.slice(0, 5).map((column) => plainCell(column, NaN))).toEqual(["", "", "", "", ""]);
});

describe("bars", () => {
  it("end where almost all values are, if a few are far away", () => {
    const cells = Float64Array.from({ length: 2000 }, (_, i) => i / 2000);
    expect(endsOf(cells)).toEqual([0, 1999 / 2000]);
    cells[7] = 1e6;
    expect(endsOf(cells)[1]).toBeLessThan(1);
    const bins = binsOf(columns[0]!, cells);
    expect(bins.of[7]).toBe(bins.count - 2);
    expect(countBars(bins.of, bins.count, null, null).reduce((a, b) => a + b)).toBe(2000);
    expect(endsOf(Float32Array.of(NaN))).toEqual([0, 1]);
    expect(endsOf(Float32Array.of(3, 3))).toEqual([3, 4]);
  });
});

it("a click on a level keeps only it, and further ones add or drop levels", () => {
  const one = toggleLevel([range0], 1, 2);
  expect(one).toEqual([range0, { column: 1, levels: [2] }]);
  const two = toggleLevel(one, 1, 0);
  expect(two[1]).toEqual({ column: 1, levels: [2, 0] });
  expect(toggleLevel(toggleLevel(two, 1, 2), 1, 0)).toEqual([range0]);
});
const range0: Filter = { column: 0, low: 0, high: 1 };
