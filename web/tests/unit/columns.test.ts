import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Column, positionOf, rint, rounded, scale, tidy, unscale, valueAt } from "../../src/bundle/columns.ts";
import type { Files } from "../../src/bundle/files.ts";
import { openTable, rowsOf, tableItems } from "../../src/bundle/table.ts";
import { words } from "../../src/i18n/index.ts";
import { cellText, dateText } from "../../src/look/cells.ts";
import { colourOfColumn, lacking } from "../../src/map/point-colours.ts";
import { typicalCell } from "../../src/math/typical.ts";

interface Fixture { columns: Column[]; x: number[][]; raw: number[][]; texts: (string | number | boolean)[][]; cells: (number | null)[][]; scaled: (number | null)[][] }
const python = JSON.parse(readFileSync(join(import.meta.dirname, "..", "fixtures", "columns.json"), "utf8")) as Fixture; // written by ../columns.py
const { columns } = python;
const t = words("en");
const plain: Column = { name: "a", kind: "number", levels: [], decimals: null, low: 0, high: 10, stored: "float", form: "", offset: 0, factor: 1, quantiles: null, cells: "f32" };
const close = (actual: number, expected: number): void => expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));

describe("the conversions agree with Python's", () => {
  columns.forEach((column, k) => {
    it(`${column.name}: ${column.kind}${column.quantiles ? " by quantiles" : ""}, ${column.stored} ${column.form}`, () => {
      python.x.forEach((x, i) => {
        close(unscale(column, x[k]!), python.raw[i]![k]!);
        const expected = python.texts[i]![k]!;
        const shown = tidy(column, python.raw[i]![k]!);
        if (typeof expected === "string") expect(cellText(t, column, shown)).toBe(expected);
        else if (typeof expected === "boolean") expect(cellText(t, column, shown)).toBe(expected ? "yes" : "no");
        else {
          close(shown, expected);
          if (column.decimals !== null) expect(cellText(t, column, shown)).toBe(expected.toFixed(column.decimals).replace("-", "−"));
        }
      });
      python.cells.forEach((cells, i) => {
        const scaled = scale(column, cells[k] ?? NaN);
        if (cells[k] === null) expect(scaled).toBeNaN();
        else expect(Math.abs(scaled - python.scaled[i]![k]!)).toBeLessThan(1e-6); // Python's are float32
      });
    });
  });
});

it("rounds halves to even numbers, as NumPy", () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4].map(rint)).toEqual([0, 2, 2, -0, -2, 2]);
  expect([rounded(0.125, 2), rounded(1234.5, -1)]).toEqual([0.12, 1230]);
});

it("writes numbers with the precision of their column, dates in any year, and what cannot be a date", () => {
  expect(cellText(t, { ...plain, decimals: 1 }, -18)).toBe("−18.0");
  expect(cellText(t, plain, 1234.56789)).toBe("1234.57");
  expect(cellText(t, { ...plain, decimals: 0 }, 2e20)).toBe("200000000000000000000");
  expect(cellText(t, plain, NaN)).toBe("—");
  expect(cellText(words("ja"), { ...plain, kind: "boolean" }, 1)).toBe("はい");
  const date = { stored: "date", form: "", decimals: 0 };
  expect(dateText(date, -62135596800)).toBe("0001-01-01");
  expect(dateText(date, 1e300)).toBe("1e+300");
  expect(dateText({ stored: "timestamp", form: "us, Mars/Phobos", decimals: 0 }, 0)).toBe("1970-01-01 00:00:00");
  expect(dateText({ stored: "text", form: "%Y-%m-%d %H:%M:%S", decimals: 1 }, 59.9999999)).toBe("1970-01-01 00:01:00.0");
});

it("positions and their values", () => {
  const level: Column = { ...plain, kind: "category", levels: ["a", "b", "c"] };
  expect([positionOf(plain, 5), positionOf(level, 1), positionOf({ ...plain, kind: "boolean", low: null }, 1), positionOf({ ...level, levels: ["a"] }, 0)]).toEqual([0.5, 0.5, 1, 0]);
  expect([valueAt(plain, 0.5), valueAt(level, 1), valueAt({ ...plain, low: 3, high: 3 }, 0)]).toEqual([5, 2, 3]);
});

describe("a table", () => {
  const two: Column[] = [{ ...plain, kind: "category", levels: ["a", "b", "c"], cells: "u8" }, { ...plain, cells: "f64" }];
  const content: Record<string, ArrayBuffer> = { "data/column-00000.u8": Uint8Array.from([0, 255, 2]).buffer, "data/column-00001.f64": Float64Array.from([5, 10, NaN]).buffer };
  const files = (): Files & { asked: string[] } => {
    const asked: string[] = [];
    return { asked, read: async (path) => { asked.push(path); return content[path]!; } };
  };
  it("reads each column once, with gaps apart from zero", async () => {
    const from = files();
    const table = openTable(from, two, 3, 64);
    expect(table.loaded(0)).toBeNull();
    expect(Array.from(await table.row(0))).toEqual([0, 5]);
    expect(Array.from(await table.row(1))).toEqual([NaN, 10]);
    expect(Array.from(table.loaded(1)!)).toEqual([5, 10, NaN]);
    expect(from.asked.length).toBe(2);
    await expect(openTable(files(), two, 4, 64).cells(1)).rejects.toThrow("data/column-00001.f64 must hold 32 bytes, got 24 bytes");
  });
  it("gives items whose bytes are levels, and steps of other columns", async () => {
    const rows = rowsOf(two, { top: 254, missing: 255 });
    const items = tableItems(openTable(files(), two, 3, 64), rows);
    expect(Array.from(await items.bytes(0))).toEqual([0, 127]);
    expect(Array.from(await items.bytes(2))).toEqual([2, 255]);
    expect(Array.from(await items.unit(1))).toEqual([NaN, 1]);
    expect(Array.from(rows.unit([2, 255, 1, 127]))).toEqual([1, NaN, 0.5, 0.5]);
    expect(Array.from(rows.toData([2, 127]))).toEqual([2, 5]);
    expect(Array.from(rows.values(rows.toUnit(Float32Array.of(1, 2.5))))).toEqual([1, 2.5]);
    const visited: number[][] = [];
    await items.each([0, 1], (bytes) => visited.push(Array.from(bytes)), () => visited.length < 1);
    expect(visited).toEqual([[0, 127]]);
  });
});

it("columns color points by level or along a ramp, and gaps in gray", () => {
  const cells = Float32Array.of(0, 2, NaN);
  const byLevel = colourOfColumn({ ...plain, kind: "category", levels: ["a", "b", "c"] }, cells, false);
  expect([Array.from(byLevel.colour), byLevel.palette.length, byLevel.scale]).toEqual([[0, 2, 3], 4, null]);
  expect(byLevel.palette[3]).toEqual(lacking(false));
  const along = colourOfColumn(plain, Float64Array.of(1, NaN, 3, 2), true);
  expect([along.colour[1], along.palette.at(-1)]).toEqual([along.palette.length - 1, lacking(true)]);
  expect([along.colour[0], along.colour[2]]).toEqual([0, along.palette.length - 2]);
  expect(along.scale!.low).toBeCloseTo(1.02);
  expect(colourOfColumn(plain, Float32Array.of(NaN), false).scale).toEqual({ low: 0, high: 0 });
});

it("the typical cell is a mean or the most frequent level, of the cells that are there", () => {
  const cells = [1, NaN, 2, 2, 5, 1];
  expect(typicalCell(plain, cells, [0, 1, 2, 4])).toBeCloseTo(8 / 3);
  expect(typicalCell({ kind: "category" }, cells, [0, 1, 2, 3])).toBe(2);
  expect(typicalCell({ kind: "category" }, cells, [0, 2, 3, 5])).toBe(1); // the first of equally frequent levels
  expect(typicalCell({ kind: "category" }, cells, [1])).toBeNaN();
});
