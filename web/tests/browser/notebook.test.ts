/** The widget in a notebook: the selection both ways, colors from Python, and no need of a server, a network or an origin. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { expect, it } from "vitest";
import { type Notebook, followsPython } from "./notebook.ts";
import { makePair, openNotebook } from "./pair.ts";
import { makeBundle, openPage, withBrowser } from "./page.ts";

withBrowser();
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const options = { shape: [6, 6, 1], dim: 2, count: 400, names: ["ant", "bee"], rowOf: (item: number) => 1000 + item };

it("selections and colors pass between Python and the page in a frame without origin and network", async () => {
  const { folder } = makeBundle(options);
  const { page, troubles } = await openPage(folder, "", {}, { ready: false });
  const { frame, close } = await openNotebook(page, folder);
  await followsPython(page, frame);
  await frame.evaluate(AXE);
  const { violations } = await frame.evaluate(() => (window as unknown as { axe: { run(part: string): Promise<AxeResults> } }).axe.run(".zukan"));
  expect(violations.map(({ id }) => id)).toEqual([]);
  expect(troubles).toEqual([]);
  close();
});

it("two maps in a notebook share a selection from Python", async () => {
  const [first] = makePair({ shape: [6, 6, 1], dim: 2, count: 400 });
  const { page } = await openPage(first.folder, "", {}, { ready: false });
  const { frame, close } = await openNotebook(page, first.folder);
  await page.evaluate(() => (window as unknown as { python(name: string, value: unknown): void }).python("selection", new DataView(Int32Array.of(3, 4, 399).buffer)));
  await frame.waitForFunction(() => [...document.querySelectorAll(".panel h2:first-of-type")].filter((title) => title.textContent === "3 items, 0.8% of all").length === 2);
  const column = { name: "value", kind: "number", levels: [], decimals: null, low: 0, high: 1, stored: "float", form: "", offset: 0, factor: 1, quantiles: null, cells: "f32" };
  const cells = (make: (item: number) => number): Promise<void> => page.evaluate(([about, values]) =>
    (window as unknown as Notebook).python("_colors", { column: about, cells: new DataView(Float32Array.from(values).buffer) }), [column, Array.from({ length: 400 }, (_, item) => make(item))] as const);
  const points = (k: number): Promise<string> => frame.locator(".map .points").nth(k).evaluate((element) => (element as HTMLCanvasElement).toDataURL());
  await cells((item) => Number(item >= 390)); // the second map has them first
  await frame.waitForFunction(() => document.querySelectorAll(".legend .amounts .number").length === 4);
  const pictures = [await points(0), await points(1)];
  await cells((item) => Number(item < 10));
  await expect.poll(() => points(0)).not.toBe(pictures[0]);
  expect(await points(1)).not.toBe(pictures[1]);
  close();
});
