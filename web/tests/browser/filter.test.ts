/** Columns that a user brings: colors, filters, search, list and CSV, with hostile names and values, on a phone, accessibly. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import type { AxeResults } from "axe-core";
import { expect, it } from "vitest";
import type { Column } from "../../src/bundle/columns.ts";
import { makeBundle, noTrouble, openPage, picture, withBrowser } from "./page.ts";

withBrowser();
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const count = 600;
const markup = "<img src=x onerror=alert(1)>";
const levels = [markup, "=HYPERLINK(\"x\")", "plain"];
const column = (name: string, change: Partial<Column>): Column => ({ name, kind: "number", levels: [], decimals: 1, low: -30, high: 29.9, stored: "float", form: "", offset: 0, factor: 1, quantiles: null, cells: "f32", ...change });
const value = (item: number): number => (item % 10 === 9 ? NaN : (item - 300) / 10);
const note = (item: number): string => (item % 4 ? `${markup} no. ${item}` : "");
const bundle = (): ReturnType<typeof makeBundle> => makeBundle({
  shape: [6, 6, 1], dim: 2, count, itemName: (item) => `photos/${markup}${item}.png`, extra: [
    { column: column(`${markup} & more`, {}), cells: value }, { column: column("level", { kind: "category", levels, decimals: null, stored: "text" }), cells: (item) => (item % 5 === 4 ? NaN : item % 3) },
    { column: column("note", { kind: "text", cells: "json" }), cells: note }],
});

it("a search, a bar and the legend filter map, counts, list and CSV alike", async () => {
  const opened = await openPage(bundle().folder, "g=en&p=filter&o=column0");
  const { page } = opened;
  const all = await picture(page, ".map .points");
  await page.getByLabel("Search").first().fill(`${markup} & more > 5, note contains NO. 4`);
  await page.keyboard.press("Enter");
  const expected = Array.from({ length: count }, (_, i) => i).filter((i) => value(i) > 5 && note(i).toLowerCase().includes("no. 4"));
  await page.waitForFunction((text) => document.querySelector(".counted")!.textContent === text, `${expected.length} of 600 items`);
  await page.waitForTimeout(100);
  await expect.poll(async () => (await picture(page, ".map .points")).length).toBeLessThan(all.length / 2); // fewer points
  expect(await page.locator(".chip").allTextContents()).toEqual([`${markup} & more > 5×`, "note contains “NO. 4”×"]);
  await page.locator(".level", { hasText: "plain" }).click();
  const plain = expected.filter((i) => i % 5 !== 4 && i % 3 === 2);
  await page.waitForFunction((text) => document.querySelector(".counted")!.textContent === text, `${plain.length} of 600 items`);
  await page.waitForTimeout(400);
  const link = page.url().split("#")[1]!;
  await page.getByRole("button", { name: "List them" }).click();
  await page.waitForSelector(".item-list .list-row");
  expect(await page.locator(".list-row .name").first().textContent()).toBe(`photos/${markup}${plain[0]}.png`);
  await page.getByLabel("Order").selectOption({ label: `${markup} & more, highest first` });
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save the list as CSV" }).click()]);
  const lines = readFileSync(await file.path(), "utf8").trim().split("\r\n");
  expect(lines[0]).toBe(`item,row,${markup} & more,level,split,class,score,note`);
  expect(lines.slice(1).map((line) => line.replace(/(,[a-z]+,[abc]),[\d.]+,/, "$1,"))).toEqual(plain.toReversed().map((i) => `photos/${markup}${i}.png,${i},${value(i)},plain,${i < 480 ? "train" : "test"},${"abc"[i % 3]},${note(i)}`));
  await page.waitForFunction(() => location.hash.includes("p=select")); // the address is written after a delay; without a change there is no event
  await page.evaluate((hash) => { location.hash = hash; }, link); // the link brings the filters back
  await page.waitForFunction((text) => document.querySelector(".counted")?.textContent === text, `${plain.length} of 600 items`);
  await page.getByRole("button", { name: "Remove all filters" }).click();
  await page.locator(".parts .part").last().click(); // the upper end of the scale of colors
  await page.waitForFunction(() => /^\d+ of 600 items$/.test(document.querySelector(".counted")!.textContent!));
  await page.getByLabel("column").selectOption({ label: "level" });
  await page.locator(".legend .class", { hasText: "missing" }).click();
  await page.locator(".legend .class", { hasText: "plain" }).click();
  await page.locator(".chip", { hasText: "more ≥" }).click();
  const either = Array.from({ length: count }, (_, i) => i).filter((i) => i % 5 === 4 || i % 3 === 2).length;
  await page.waitForFunction((text) => document.querySelector(".counted")!.textContent === text, `${either} of 600 items`);
  await page.getByRole("tab", { name: "Cursor" }).click();
  expect(await page.locator(".filter-status").textContent()).toBe(`${either} of 600 items`);
  noTrouble(opened);
});

it("a drag over a histogram and its fields keep a range, a click removes it, and hidden items cannot be picked", async () => {
  const made = bundle();
  const opened = await openPage(made.folder, `g=en&p=filter&c=${made.means[0]},${made.means[1]},0.001`);
  const { page } = opened;
  const box = (await page.locator(".histogram").first().boundingBox())!;
  const drag = async (from: number, to: number): Promise<void> => {
    await page.mouse.move(box.x + from * box.width, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + to * box.width, box.y + 20, { steps: 5 });
    await page.mouse.up();
  };
  await drag(0.5, 0.75);
  await page.waitForFunction(() => /^13\d of 600 items$/.test(document.querySelector(".counted")!.textContent!));
  const map = (await page.locator(".map").boundingBox())!;
  await page.mouse.click(map.x + map.width / 2, map.y + map.height / 2); // item 0 is there, but hidden
  expect(await page.getByRole("tab", { name: "Filter" }).getAttribute("aria-selected")).toBe("true");
  const from = page.locator(".plot .ends input").first();
  await from.fill("abc");
  await from.press("Enter");
  expect(await page.locator(".notice").textContent()).toContain("holds numbers");
  await from.fill("");
  await page.locator(".plot .ends input").nth(1).fill("−29.5");
  await page.locator(".plot .ends input").nth(1).press("Enter");
  await page.waitForFunction(() => document.querySelector(".counted")!.textContent === "6 of 600 items");
  await page.mouse.move(map.x + map.width / 2 + 2, map.y + map.height / 2);
  await page.waitForSelector(".magnifier-both canvas");
  expect(await page.locator(".magnifier-title").textContent()).toBe(`Item photos/${markup}0.png, a`);
  await page.mouse.click(map.x + map.width / 2, map.y + map.height / 2);
  await page.waitForSelector(".panel .cells");
  expect(await page.locator(".panel .cells").textContent()).toBe(`${markup} & more−30.0level${markup}note—`);
  noTrouble(opened);
});

it("every state of metadata is text, not markup, and accessible, on a phone in the dark too", async () => {
  const { folder } = bundle();
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: "dark" as const };
  for (const [options, hashes] of [[{}, ["p=filter&o=column0&w=r0,1,2,;l1,0.m;t,img", "p=select&o=column1&w=l1,1"]], [phone, ["g=ja&p=filter&o=column1&w=t,none", "p=point&i=7&o=column0&w=l1,0.1"]]] as const) {
    const opened = await openPage(folder, "g=en", options);
    const { page } = opened;
    await page.evaluate(AXE);
    for (const hash of hashes) {
      await page.evaluate((next) => { location.hash = `g=en&${next}`; }, hash);
      await page.waitForTimeout(250);
      expect(await page.locator(".panel").textContent(), hash).toContain(hash.includes("p=select") ? "=HYPERLINK" : markup);
      expect(await page.locator("img, svg, script:not([src]), iframe, [onerror]").count(), hash).toBe(0);
      expect((await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run())).violations, hash).toEqual([]);
      expect(await page.locator(".panel *").evaluateAll((parts) => parts.filter((part) => part.getBoundingClientRect().right > innerWidth + 1).map((part) => part.outerHTML)), hash).toEqual([]);
    }
    noTrouble(opened);
  }
});
