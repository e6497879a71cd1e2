/** Items are called by file name or by row in the source, as in every other output, wherever the page shows, takes or saves them. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Opened, makeBundle, noTrouble, openPage, withBrowser } from "./page.ts";

withBrowser();
const count = 200;
const rowOf = (item: number): number => (item * 7 + 3) % count; // as of a drawn split, but farther from the positions
const itemOf = (row: number): number => Array.from({ length: count }, (_, item) => item).find((item) => rowOf(item) === row)!;
const shape = [6, 6, 1];
const fileOf = (row: number): string => `cats, "all"/<b>${String(row).padStart(3, "0")}</b>.png`;
const named = { shape, dim: 2, count, rowOf, itemName: (item: number) => fileOf(rowOf(item)) };
const labels = (opened: Opened): Promise<(string | null)[]> => opened.page.locator(".panel .items .item").evaluateAll((buttons) => buttons.map((button) => button.getAttribute("aria-label")));

/** The other items, by the distance of their codes. */
const neighbours = (means: Float32Array, item: number): number[] => {
  const distance = (i: number): number => Math.hypot(means[2 * i]! - means[2 * item]!, means[2 * i + 1]! - means[2 * item + 1]!);
  return Array.from({ length: count }, (_, i) => i).filter((i) => i !== item).sort((a, b) => distance(a) - distance(b)).slice(0, 12);
};

it("items without names are called by their rows in the source", async () => {
  const bundle = makeBundle({ shape, dim: 2, count, rowOf, names: null });
  const opened = await openPage(bundle.folder, "p=point&i=50");
  const { page } = opened;
  await page.waitForSelector(".panel .items .item");
  const input = page.getByLabel("Item number");
  const shown = async (row: number): Promise<void> => {
    expect(await input.inputValue()).toBe(String(row));
    expect(await page.locator(".panel h2").first().textContent()).toBe(`Item ${row}`);
    expect(await page.locator(".about p").first().textContent()).toBe(itemOf(row) < 160 ? "train set" : "test set");
    expect(await labels(opened)).toEqual(neighbours(bundle.means, itemOf(row)).map((item) => `Item ${rowOf(item)}`));
    await page.waitForFunction((part) => location.hash.includes(part), `i=${row}&`);
  };
  await shown(50);
  await page.getByRole("button", { name: "Next item" }).click();
  await shown(51);
  await input.fill("0");
  await input.press("Enter");
  await page.getByRole("button", { name: "Previous item" }).click();
  await shown(199);
  await input.fill("200");
  await input.press("Enter");
  expect(await page.locator(".notice").textContent()).toContain("no item has the number 200");
  await shown(199);
  noTrouble(opened);
});

it("items with names are called by them, in both languages", async () => {
  const bundle = makeBundle(named);
  const opened = await openPage(bundle.folder, "p=point&g=en&i=50");
  const { page } = opened;
  await page.waitForSelector(".panel .items .item");
  const input = page.getByLabel("Item name or row number");
  expect(await input.inputValue()).toBe(fileOf(50));
  expect(await page.locator(".about p").first().textContent()).toBe(`train set, item ${fileOf(50)}`);
  expect(await labels(opened)).toEqual(neighbours(bundle.means, itemOf(50)).map((item) => `Item ${fileOf(rowOf(item))}, ${["a", "b", "c"][item % 3]}`));
  for (const [typed, row] of [["7", 7], [fileOf(120), 120], ["<b>none", 120]] as const) {
    await input.fill(typed);
    await input.press("Enter");
    expect(await input.inputValue()).toBe(fileOf(row));
    await page.waitForFunction((part) => location.hash.includes(part), `i=${row}&`);
  }
  expect(await page.locator(".notice").textContent()).toContain("no item has the name or row number <b>none");
  await page.getByRole("button", { name: "Add to the path" }).click();
  expect(await page.locator(".stops button").getAttribute("aria-label")).toBe(`Remove stop 1, item ${fileOf(120)}`);
  await page.waitForFunction(() => location.hash.includes("s=i120&"));
  await page.getByRole("tab", { name: "Draw" }).click();
  await page.getByRole("button", { name: `Start from item ${fileOf(120)}` }).click();
  await page.getByRole("button", { name: "日本語で表示する" }).click();
  await page.getByRole("tab", { name: "項目" }).click();
  expect(await page.locator(".about p").first().textContent()).toBe(`train データの項目 ${fileOf(120)}`);
  expect(await page.getByLabel("項目名または行番号").inputValue()).toBe(fileOf(120));
  noTrouble(opened);
});

it("an item that is picked on the map is announced by its name", async () => {
  const bundle = makeBundle(named);
  const item = itemOf(31);
  const opened = await openPage(bundle.folder, `g=en&c=${bundle.means[2 * item]},${bundle.means[2 * item + 1]},0.001`);
  const box = (await opened.page.locator(".map").boundingBox())!;
  await opened.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await opened.page.waitForFunction(() => document.querySelector("[role=status].visually-hidden")?.textContent?.startsWith("Item"));
  expect(await opened.page.locator("[role=status].visually-hidden").textContent()).toBe(`Item ${fileOf(31)} selected`);
  noTrouble(opened);
});

it("a saved selection has their names", async () => {
  const bundle = makeBundle(named);
  const { page } = await openPage(bundle.folder, "g=en&p=select&r=-99,-99;99,-99;99,99;-99,99");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save the list as CSV" }).click()]);
  const lines = readFileSync(await file.path(), "utf8").trim().split("\r\n");
  expect(lines[0]).toBe("item,row,split,class,score");
  expect(lines.slice(1).map((line) => line.slice(0, line.lastIndexOf(",")))).toEqual(Array.from({ length: count }, (_, item) =>
    `"${fileOf(rowOf(item)).replaceAll('"', '""')}",${rowOf(item)},${item < 160 ? "train" : "test"},${["a", "b", "c"][item % 3]}`));
});
