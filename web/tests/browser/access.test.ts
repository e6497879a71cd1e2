/** Accessibility: axe in every state and both themes, keyboard, touch. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import type { AxeResults } from "axe-core";
import { describe, expect, it } from "vitest";
import { states } from "../../scripts/states.mjs";
import { inked, makeBundle, noTrouble, openPage, picture, withBrowser } from "./page.ts";

withBrowser();
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const names = Array.from({ length: 10 }, (_, k) => String(k));
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

describe("axe finds no violations", () => {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [size, options] of [["desktop", {}], ["phone", phone]] as const) {
      it(`${size}, ${colorScheme}`, async () => {
        const bundle = makeBundle({ shape: [6, 6, 1], dim: 3, count: 5000, names, condition: "labels", missing: true, clusters: [5, 10] });
        const { page } = await openPage(bundle.folder, "", { colorScheme, ...options });
        await page.evaluate(AXE);
        const violationsFound: unknown[] = [];
        for (const [name, { hash, act }] of Object.entries(states)) {
          await page.evaluate((next) => { location.hash = next; }, hash);
          await page.waitForTimeout(250);
          if (size === "desktop") await act?.(page);
          const { violations } = await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
          violationsFound.push(...violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => ({ state: name, id, html, failureSummary }))));
        }
        expect(violationsFound).toEqual([]);
      });
    }
  }
});

it("axe finds no violations among values of a vector that may be missing, under a condition of numbers", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    const { page } = await openPage(makeBundle({ shape: [6], dim: 2, count: 300, names: null, missing: true, condition: "rows" }).folder, "p=draw", { colorScheme });
    await page.getByLabel("Value 2", { exact: true }).fill("100"); // the other values are missing
    await page.waitForSelector(".panel .items .item");
    await page.evaluate(AXE);
    expect((await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run())).violations).toEqual([]);
  }
});

it("long file names are accessible and fit on a phone", async () => {
  const bundle = makeBundle({ shape: [6, 6, 1], dim: 2, count: 300, names: null, itemName: (item) => `folder/${"long_".repeat(30)}${item}.png` });
  const { page } = await openPage(bundle.folder, "g=en", phone);
  await page.evaluate(AXE);
  for (const panel of ["point", "draw"]) {
    await page.evaluate((next) => { location.hash = `g=en&p=${next}&i=80`; }, panel);
    await page.waitForTimeout(300);
    expect((await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run())).violations).toEqual([]);
    expect(await page.locator(".panel *").evaluateAll((parts) => parts.filter((part) => part.getBoundingClientRect().right > innerWidth || part.scrollWidth > part.clientWidth + 1)
      .map((part) => part.outerHTML).filter((html) => html.includes("long_") && !html.startsWith("<input")))).toEqual([]);
  }
});

it("the keyboard moves the cursor, zooms and selects", async () => {
  const bundle = makeBundle({ shape: [6, 6, 1], dim: 2, count: 3000, names });
  const opened = await openPage(bundle.folder);
  const { page } = opened;
  for (let presses = 0; !(await page.locator(".map").evaluate((map) => map === document.activeElement)); presses++) {
    expect(presses).toBeLessThan(20); // Tab reaches the map
    await page.keyboard.press("Tab");
  }
  const place = (): Promise<string | null> => page.locator(".place").textContent();
  const [first, image] = [await place(), await picture(page, ".panel .plate")];
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowUp");
  await page.waitForTimeout(100);
  expect(await place()).not.toBe(first);
  await expect.poll(() => picture(page, ".panel .plate")).not.toBe(image);
  expect(await page.locator("[role=status].visually-hidden").textContent()).toMatch(/^Cursor at /);
  await page.keyboard.press("+");
  await page.waitForTimeout(900); // the zoom is animated, then the link is written
  expect(page.url()).toContain("c=");
  await page.keyboard.press("0");
  await page.waitForTimeout(900);
  expect(page.url()).not.toContain("c=");
  await page.keyboard.press("Enter");
  expect(await page.getByRole("tab", { selected: true }).textContent()).toBe("Item");
  await page.getByRole("tab", { selected: true }).focus();
  await page.keyboard.press("ArrowRight");
  expect(await page.getByRole("tab", { selected: true }).textContent()).toBe("Path");
  noTrouble(opened);
});

it("the keyboard sets the corners of a lasso", async () => {
  const bundle = makeBundle({ shape: [6, 6, 1], dim: 2, count: 3000, names });
  const { page } = await openPage(bundle.folder);
  await page.getByRole("tab", { name: "Select" }).click();
  await page.locator(".map").focus();
  const move = async (key: string, times: number): Promise<void> => { for (let k = 0; k < times; k++) await page.keyboard.press(`Shift+${key}`); };
  await page.keyboard.press("Enter");
  await move("ArrowRight", 3);
  await page.keyboard.press("Enter");
  await move("ArrowUp", 3);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Close the line" }).click();
  expect(await page.locator(".panel h2").first().textContent()).toMatch(/^[\d,]+ items, \d+(\.\d)?% of all$/);
});

it("the keyboard draws", async () => {
  const bundle = makeBundle({ shape: [6, 6, 1], dim: 2, count: 300, names });
  const { page } = await openPage(bundle.folder, "p=draw");
  await page.locator(".pad").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.waitForSelector(".panel .items .item");
  expect(await page.locator(".panel").textContent()).toMatch(/Nearest class: \d \(\d+ of 12 neighbors\)/);
});

it("one finger moves the cursor, two fingers move and zoom the map", async () => {
  const bundle = makeBundle({ shape: [6, 6, 1], dim: 2, count: 3000, names });
  const opened = await openPage(bundle.folder, "", phone);
  const { page } = opened;
  const box = (await page.locator(".map").boundingBox())!;
  const client = await page.context().newCDPSession(page);
  const touch = (type: string, ...points: [number, number][]): Promise<unknown> => client.send("Input.dispatchTouchEvent", {
    type: type as "touchStart", touchPoints: points.map(([x, y], id) => ({ x: box.x + x * box.width, y: box.y + y * box.height, id })),
  });
  const place = (): Promise<string | null> => page.locator(".place").textContent();
  const before = await place();
  await touch("touchStart", [0.3, 0.3]);
  for (let k = 1; k <= 5; k++) await touch("touchMove", [0.3 + 0.05 * k, 0.3 + 0.03 * k]);
  await page.waitForTimeout(100);
  expect(await page.locator(".magnifier").isVisible()).toBe(true);
  await touch("touchEnd");
  const after = await place();
  expect(after).not.toBe(before);
  await page.waitForTimeout(400);
  expect(page.url()).not.toContain("c=");
  await touch("touchStart", [0.4, 0.5], [0.6, 0.5]);
  for (let k = 1; k <= 5; k++) await touch("touchMove", [0.4 - 0.04 * k, 0.5], [0.6 + 0.04 * k, 0.5]);
  await touch("touchEnd");
  await page.waitForTimeout(400);
  expect(page.url()).toContain("c=");
  expect(await place()).toBe(after); // the cursor has not moved
  expect(await inked(page, ".map .points")).toBeGreaterThan(100);
  noTrouble(opened);
});
