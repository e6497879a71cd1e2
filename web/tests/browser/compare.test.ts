/** Two maps side by side: what one shows of an item, a selection or a class, the other one shows too. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Locator, Page } from "playwright-core";
import { expect, it } from "vitest";
import { makePair } from "./pair.ts";
import { noTrouble, openPage, picture, withBrowser } from "./page.ts";

withBrowser();
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const options = { shape: [6, 6, 1], dim: 2, count: 600, names: ["ant", "bee", "cat"] };

async function both(page: Page): Promise<[Locator, Locator]> {
  await page.waitForFunction(() => document.querySelectorAll(".pair .sheet").length === 2 && !document.querySelector(".network-status"));
  return [page.locator(".pair > section").nth(0), page.locator(".pair > section").nth(1)];
}

it("an item under the pointer, an opened item, a selection and a class are shown on both maps", async () => {
  const [first, second] = makePair(options);
  const item = 17;
  const [x, y] = [first.means[2 * item]!, first.means[2 * item + 1]!];
  const opened = await openPage(first.folder, `g=en&c=${x},${y},0.05~g=en&c=0,0,8`, {}, { ready: false });
  const { page } = opened;
  const [left, right] = await both(page);
  expect(await page.title()).toBe("first · second · zukan");
  const box = (await left.locator(".map").boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const partner = options.count - 1 - item; // of the second bundle: the same row
  const at = [second.means[2 * partner]!, second.means[2 * partner + 1]!].map((value) => value.toFixed(2).replace("-", "−")).join(", ");
  await page.waitForFunction((text) => document.querySelectorAll(".place")[1]!.textContent === `z = (${text})`, at);
  const pointed = await picture(page, ".pair > section:nth-child(2) .map canvas:nth-of-type(3)");
  await page.mouse.move(box.x + 5, box.y + box.height + 60);
  await page.waitForTimeout(100);
  await expect.poll(() => picture(page, ".pair > section:nth-child(2) .map canvas:nth-of-type(3)")).not.toBe(pointed); // the ring is gone

  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  for (const side of [left, right]) expect(await side.getByLabel("Item number").inputValue()).toBe(String(item));

  await right.getByRole("tab", { name: "Select" }).click();
  await right.getByRole("button", { name: "Select all visible points" }).click();
  const count = await right.locator(".panel h2").first().textContent();
  expect(count).toMatch(/^\d+ items, \d+% of all$/);
  expect(await left.locator(".panel h2").first().textContent()).toBe(count);
  await left.getByRole("button", { name: "Clear" }).click();
  expect(await right.locator(".panel .lead").count()).toBe(1);

  const bee = left.locator(".legend").getByRole("button", { name: "bee" });
  await bee.click(); // keeps this class on the left, which selects it on the right
  expect(await right.locator(".panel h2").first().textContent()).toBe("200 items, 33% of all");
  await bee.click();
  expect(await right.locator(".panel .lead").count()).toBe(1);
  await left.getByRole("tab", { name: "Class" }).click();
  await bee.click();
  expect(await right.locator(".panel h2").first().textContent()).toContain("bee");
  await right.getByRole("button", { name: "日本語で表示する" }).click();
  expect(await left.getByRole("tab", { selected: true }).textContent()).toBe("クラス");
  noTrouble(opened);
});

it("a link restores both maps, and a changed link changes both", async () => {
  const [first] = makePair({ ...options, dim: 3 });
  const { page, url } = await openPage(first.folder, "g=en&p=select&r=-9,-9;9,-9;9,9;-9,9~g=en&v=pca", {}, { ready: false });
  const [left, right] = await both(page);
  for (const side of [left, right]) expect(await side.locator(".panel h2").first().textContent()).toBe("600 items, 100% of all");
  expect(await right.getByLabel("Projection").inputValue()).toBe("pca");
  await left.getByRole("button", { name: "score" }).click();
  await page.waitForTimeout(500);
  const link = page.url();
  expect(link).toMatch(/^[^~]*o=score[^~]*~[^~]*o=score[^~]*$/);
  await page.evaluate(() => { location.hash = "g=en&p=point&i=5~g=en&p=point&i=5"; });
  await right.getByLabel("Item number").waitFor();
  expect(await right.getByLabel("Item number").inputValue()).toBe("5");
  await page.goto("about:blank");
  await page.goto(link);
  await both(page);
  expect(await right.locator(".panel h2").first().textContent()).toBe("600 items, 100% of all");
  expect(link.startsWith(url)).toBe(true);
});

it("axe finds no violations, nothing is requested from elsewhere, and names are never markup", async () => {
  const markup = "<img src=x onerror=alert(1)>";
  const [first] = makePair({ ...options, names: [markup, "bee"] }, { name: markup });
  const opened = await openPage(first.folder, "g=en&p=point&i=3~g=en&p=point&i=3", { viewport: { width: 1440, height: 900 } }, { ready: false });
  const { page, requests, url } = opened;
  await both(page);
  expect(await page.locator("img, svg, script:not([src]), iframe, [onerror]").count()).toBe(0);
  await page.evaluate(AXE);
  for (const size of ["desktop", "phone"]) {
    const { violations } = await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
    expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => ({ size, id, html: html.slice(0, 200) })))).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(300);
  }
  const boxes = await page.locator(".pair .map").evaluateAll((maps) => maps.map((map) => map.getBoundingClientRect().toJSON()));
  expect(boxes[1].top).toBeGreaterThan(boxes[0].bottom); // one below the other, both on the first screen
  expect(boxes[1].bottom).toBeLessThan(844);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  for (const request of requests) expect(request.startsWith(url) || request.startsWith("data:,"), request).toBe(true);
  noTrouble(opened);
});
