/** Rows of tables: cards in own units with gaps, colors by a column, hostile and many columns, phones, accessibility. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { type Column, tidy, unscale } from "../../src/bundle/columns.ts";
import { words } from "../../src/i18n/index.ts";
import { cellText } from "../../src/look/cells.ts";
import { makeBundle, noTrouble, openPage, picture, withBrowser } from "./page.ts";

withBrowser();
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const t = words("en");
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const column = (name: string, change: Partial<Column> = {}): Column =>
  ({ name, kind: "number", levels: [], decimals: 1, low: 0, high: 100, stored: "float", form: "", offset: 0, factor: 100, quantiles: null, cells: "f32", ...change });
const markup = "<img src=x onerror=alert(1)>";
const columns = [
  column("weight_in_pounds_of_the_car_without_its_passengers_and_its_load"), column(markup, { kind: "category", levels: [markup, "</td><script>alert(2)</script>"], factor: 1, decimals: null, stored: "text" }),
  column("is_new", { kind: "boolean", factor: 1, decimals: null }), column("seen", { kind: "date", stored: "text", form: "%Y-%m-%d", factor: 1e8, high: 1e8, decimals: 0 }), column("visits", { kind: "count", decimals: 0 }),
];
const table = { shape: [5], dim: 2, count: 300, names: null, missing: true, columns };
const decoded = (about: Column, x: number): string => {
  const value = unscale(about, x);
  return cellText(t, about, tidy(about, value)) + (about.kind === "boolean" ? ` (${t.share(Math.max(value, 1 - value))})` : "");
};
const card = (page: Page): Promise<string[][]> => page.locator(".panel .card tbody tr").evaluateAll((rows) => rows.map((row) => Array.from(row.children, (cell) => cell.textContent ?? "")));

it("a row is a card in own units, beside what the model decodes, and colors come from a column", async () => {
  const bundle = makeBundle(table);
  const opened = await openPage(bundle.folder, "g=en&p=point&i=4&o=column1");
  const { page } = opened;
  const x = bundle.decode(bundle.means.subarray(8, 10));
  const expected = columns.map((about, j) => {
    const own = unscale(about, ["category", "boolean"].includes(about.kind) ? Math.round(x[j]!) : x[j]!);
    return [about.name, (28 + 3 * j) % 5 === 0 ? "missing" : cellText(t, about, own), decoded(about, x[j]!)];
  });
  await page.waitForFunction(() => document.querySelector(".panel .card .decoded")?.textContent);
  expect(await card(page)).toEqual(expected);
  expect(expected.flat().filter((text) => text === "missing").length).toBe(1);
  expect(await page.locator(".legend").textContent()).toBe(`${markup}${markup}</td><script>alert(2)</script>missing`);
  const [byLevel] = [await picture(page, ".map .points")];
  await page.getByLabel("column").selectOption({ label: "seen" });
  await page.waitForFunction(() => /^seen\d{4}-\d\d-\d\d.*missing$/.test(document.querySelector(".legend")!.textContent!));
  await expect.poll(() => picture(page, ".map .points")).not.toBe(byLevel);
  await page.waitForTimeout(400);
  expect(page.url()).toContain("o=column3");
  await page.getByRole("tab", { name: "Cursor" }).click(); // the place decodes to the same as the item's code
  await page.waitForFunction(() => document.querySelector(".panel .card .decoded")?.textContent);
  expect(await card(page)).toEqual(expected.map(([name, , text]) => [name, text]));
  const box = (await page.locator(".map").boundingBox())!;
  for (let k = 0; k < 80 && !(await page.locator(".magnifier-title").isVisible()); k++) {
    await page.mouse.move(box.x + box.width * (0.3 + 0.005 * k), box.y + box.height / 2);
    await page.waitForTimeout(30);
  }
  expect(await page.locator(".magnifier-title").textContent()).toMatch(/^Item \d+$/);
  noTrouble(opened);
});

it("every panel shows rows of hostile columns without markup, on phones, accessibly", async () => {
  const bundle = makeBundle(table);
  const opened = await openPage(bundle.folder, "g=en", { ...phone, colorScheme: "dark" });
  const { page } = opened;
  await page.evaluate(AXE);
  for (const hash of ["p=cursor&o=column0", "p=point&i=4&o=column1", "p=path&s=i1;i2", "p=select&r=-9,-9;9,-9;9,9;-9,9", "p=draw&i=4", "g=ja&p=point&i=7&o=column2"]) {
    await page.evaluate((next) => { location.hash = `g=en&${next}`; }, hash);
    await page.waitForTimeout(300);
    if (hash.startsWith("p=draw")) {
      await page.getByRole("button", { name: /^Start from item/ }).click();
      await page.waitForSelector(".panel .items .item");
      expect(await page.getByLabel("seen", { exact: true }).getAttribute("aria-valuetext")).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
    expect(await page.locator("img, svg, script:not([src]), [onerror]").count(), hash).toBe(0);
    expect((await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run())).violations, hash).toEqual([]);
    expect(await page.locator(".panel .card, .panel .card *").evaluateAll((parts) => parts.filter((part) => part.getBoundingClientRect().right > innerWidth).map((part) => part.outerHTML)), hash).toEqual([]);
  }
  noTrouble(opened);
});

it("the card of many columns scrolls with the keyboard", async () => {
  const bundle = makeBundle({ ...table, shape: [80], columns: Array.from({ length: 80 }, (_, j) => column(`column ${j}`)) });
  const { page } = await openPage(bundle.folder, "g=en&p=point&i=4");
  const frame = page.locator(".panel .card-frame.scrolls");
  await frame.focus();
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.querySelector(".card-frame.scrolls")!.scrollTop > 100);
  expect((await card(page)).length).toBe(80);
});
