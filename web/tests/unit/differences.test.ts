import { expect, it } from "vitest";
import type { App } from "../../src/app.ts";
import { words } from "../../src/i18n/index.ts";
import { byColumn } from "../../src/panels/differences.ts";

it("two groups are compared by every column of the items, the user's own included", async () => {
  const cells = [[1, 1, 5, 5], [0, 1, 0, 1], [0, 0, 1, NaN], []];
  const about = { levels: ["u", "v"], decimals: 1, low: null, high: null, stored: "", form: "" };
  const columns = [{ ...about, name: "price", kind: "number" }, { ...about, name: "place", kind: "category" }, { ...about, name: "class", kind: "category", built: "class" }, { ...about, name: "note", kind: "text" }];
  const app = { words: () => words("en"), table: null, columns: { columns, cells: async (k: number) => Float32Array.from(cells[k]!) } } as unknown as App;
  const listed = await byColumn(app, [Int32Array.of(0, 1), Int32Array.of(2, 3)]);
  expect(listed.map(({ name, values }) => [name, ...values])).toEqual([["price", "1.0", "5.0"], ["class", "u 100%", "v 100%"], ["place", "u 50%", "u 50%"]]);
});
