/** Runs of all kinds can be opened and show points, images and items. */
import { describe, expect, it } from "vitest";
import { colours, inked, makeBundle, noTrouble, openPage, picture, settled, withBrowser } from "./page.ts";
import type { BundleOptions } from "./synthetic.ts";

withBrowser();

const runs: Record<string, BundleOptions> = {
  "one dimension": { shape: [8, 8, 1], dim: 1, count: 2000 },
  "two dimensions": { shape: [8, 8, 1], dim: 2, count: 2000 },
  "three dimensions": { shape: [8, 8, 1], dim: 3, count: 2000 },
  "64 dimensions": { shape: [8, 8, 1], dim: 64, count: 2000 },
  "no labels": { shape: [8, 8, 1], dim: 2, count: 2000, names: null },
  "one class": { shape: [8, 8, 1], dim: 2, count: 2000, names: ["only"] },
  "300 classes": { shape: [4, 4, 1], dim: 2, count: 3000, names: Array.from({ length: 300 }, (_, k) => `class ${k}`) },
  "colors": { shape: [9, 5, 3], dim: 2, count: 500 },
  "colors with alpha": { shape: [5, 9, 4], dim: 2, count: 500 },
  vectors: { shape: [24], dim: 2, count: 500 },
  "long vectors": { shape: [700], dim: 2, count: 200 },
  "another shape": { shape: [6, 4], dim: 3, count: 500 },
  "UMAP": { shape: [6, 6, 1], dim: 5, count: 500, umap: true },
  "a posterior that is not normal": { shape: [8, 8, 1], dim: 2, count: 500, normal: false },
  "no density": { shape: [8, 8, 1], dim: 3, count: 500, normal: false, density: false },
  "a condition": { shape: [8, 8, 1], dim: 2, count: 500, condition: "labels" },
  "a condition of numbers": { shape: [12], dim: 2, count: 500, condition: "rows" },
  "numbers without labels": { shape: [12], dim: 2, count: 500, names: null, condition: "rows" },
  "missing values": { shape: [8, 8, 1], dim: 2, count: 500, missing: true },
  "missing colors": { shape: [9, 5, 3], dim: 3, count: 500, missing: true, condition: "labels" },
  "missing values of vectors": { shape: [12], dim: 2, count: 500, missing: true, density: false, normal: false },
  "one item": { shape: [4, 4, 1], dim: 2, count: 1 },
};

describe("runs", () => {
  for (const [name, options] of Object.entries(runs)) {
    it(name, async () => {
      const bundle = makeBundle(options);
      const opened = await openPage(bundle.folder);
      const { page } = opened;
      expect(await inked(page, ".map .points")).toBeGreaterThan(0);
      await settled(page);
      expect(await inked(page, ".map .images")).toBeGreaterThan(1000);
      expect(await page.locator(".sliders .slider").count()).toBe(options.dim);
      const before = await picture(page, ".panel .plate");
      const slider = page.locator(".sliders input").first();
      await slider.fill("1.5");
      await expect.poll(() => picture(page, ".panel .plate")).not.toBe(before);
      expect(await page.locator(".toolbar label select").count()).toBe(Number(Boolean(options.condition)));
      for (const panel of ["Item", "Path", "Class", "Select", "Draw"]) await page.getByRole("tab", { name: panel }).click();
      await page.getByRole("button", { name: /Start from item 0/ }).click();
      await page.waitForSelector(".panel .items .item");
      await page.getByRole("tab", { name: "Item" }).click();
      await page.getByLabel("Item number").fill("0");
      await page.getByLabel("Item number").press("Enter");
      await page.waitForTimeout(300);
      for (const plate of await page.locator(".plates .plate").all()) {
        expect(await plate.evaluate((element) => {
          const canvas = element as HTMLCanvasElement;
          return canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0);
        })).toBe(true);
      }
      expect(await page.locator(".panel .items .item").count()).toBe(Math.min(12, options.count - 1));
      noTrouble(opened);
    });
  }
});

it("each projection has its own points", async () => {
  const bundle = makeBundle(runs.UMAP!);
  const opened = await openPage(bundle.folder);
  const { page } = opened;
  const projection = page.getByLabel("Projection");
  const seen = new Set([await picture(page, ".map .points")]);
  for (const kind of ["pca", "umap"]) {
    await projection.selectOption(kind);
    await expect.poll(async () => seen.has(await picture(page, ".map .points"))).toBe(false);
    await settled(page);
    seen.add(await picture(page, ".map .points"));
  }
  expect(seen.size).toBe(3);
  expect(await inked(page, ".map .images")).toBe(0); // UMAP has no decoded images
  expect(await page.locator(".panel").textContent()).toContain("UMAP cannot be inverted");
  const before = await picture(page, ".panel .plate");
  await page.mouse.move(300, 300);
  await expect.poll(() => picture(page, ".panel .plate")).not.toBe(before); // the nearest item's code
  noTrouble(opened);
});

it("with a condition, the selected class decides what is decoded and encoded, and an item keeps its own class", async () => {
  const bundle = makeBundle(runs["a condition"]!);
  const opened = await openPage(bundle.folder, "z=0.5,0.5");
  const { page } = opened;
  const shown: string[][] = [];
  const look = async (...selectors: string[]): Promise<void> => {
    await settled(page);
    shown.push(await Promise.all(selectors.map((selector) => picture(page, selector))));
  };
  const select = page.locator(".toolbar").getByLabel("Class", { exact: true });
  expect(await select.locator("option").allTextContents()).toEqual(["a", "b", "c"]);
  await look(".panel .plate", ".map .images");
  await select.focus();
  await page.keyboard.press("ArrowDown");
  expect(await select.inputValue()).toBe("1");
  expect(await select.evaluate((element) => element === document.activeElement)).toBe(true);
  await look(".panel .plate", ".map .images");
  expect(shown[0]!.map((image, i) => image === shown[1]![i])).toEqual([false, false]);
  await page.waitForFunction(() => location.hash.includes("q=1"));

  shown.length = 0;
  await page.getByRole("tab", { name: "Item" }).click();
  await page.getByLabel("Item number").fill("2"); // of class c
  await page.getByLabel("Item number").press("Enter");
  await look(".plates .figure:nth-of-type(1) canvas", ".plates .figure:nth-of-type(2) canvas");
  expect(shown[0]![0]).toBe(shown[0]![1]); // an item of this bundle is the decoded image of its code

  shown.length = 0;
  await page.getByRole("tab", { name: "Draw" }).click();
  await page.getByRole("button", { name: /Start from item 2/ }).click();
  await page.waitForSelector(".panel .items .item");
  await page.waitForFunction(() => location.hash.includes("d="));
  const codes: number[][] = [];
  for (const k of [2, 0]) {
    await select.selectOption(String(k));
    await page.waitForTimeout(600); // the link is written 300 ms after the last change
    codes.push((/z=([^&]*)/.exec(new URL(page.url()).hash)?.[1] ?? "").split(",").map(Number));
  }
  [2, 0].forEach((k, i) => bundle.encode(bundle.item(2), bundle.setting(k)).forEach((value, j) => expect(codes[i]![j]).toBeCloseTo(value, 3)));
  noTrouble(opened);
});

it("with a condition of numbers, the settings are offered by name, and an item keeps its own numbers", async () => {
  const settings = ["sex = F", "age = 70", "<b>"];
  const bundle = makeBundle({ shape: [1, 1, 3], dim: 2, count: 300, condition: "rows", settings });
  const opened = await openPage(bundle.folder, "q=2&z=0.5,0.5&i=7");
  const { page } = opened;
  const select = page.locator(".toolbar").getByLabel("sex, age", { exact: true });
  expect(await select.locator("option").allTextContents()).toEqual(settings);
  expect(await select.inputValue()).toBe("2");
  const colour = async (selector: string): Promise<number[]> => {
    await page.waitForTimeout(300);
    return (await colours(page, selector, 1, 1))[0]!.map((value) => value / 255);
  };
  const close = (actual: number[], expected: number[]): void => expected.forEach((value, c) => expect(Math.abs(actual[c]! - value)).toBeLessThan(0.01));
  for (const k of [2, 1]) {
    await select.selectOption(String(k));
    close(await colour(".panel .plate"), bundle.decode([0.5, 0.5], bundle.setting(k)));
  }
  await page.getByRole("tab", { name: "Item" }).click();
  close(await colour(".plates .figure:nth-of-type(2) canvas"), bundle.decode(bundle.means.subarray(14, 16), bundle.ofItem(7)));
  await page.getByRole("tab", { name: "Class" }).click();
  await page.locator(".panel .class").first().click(); // its center is decoded under the setting
  const centre = [0, 1].map((j) => Array.from({ length: 100 }, (_, i) => bundle.means[6 * i + j]! / 100).reduce((a, b) => a + b, 0));
  close(await colour(".panel .plate"), bundle.decode(centre, bundle.setting(1)));
  noTrouble(opened);
});

it("missing values are marked, counted, left out of means and of what is encoded", async () => {
  const bundle = makeBundle({ shape: [4, 4, 1], dim: 2, count: 300, missing: true });
  const opened = await openPage(bundle.folder, "p=point&i=3");
  const { page } = opened;
  const pixels = (selector: string): Promise<number[][]> => colours(page, selector, 4, 4);
  const stripes = [[0xef, 0xd9, 0xa7, 255], [0xdf, 0xc0, 0x7c, 255]];
  const check = (shown: number[][], expected: number[]): void => expected.forEach((value, i) => {
    if (Number.isNaN(value)) expect(stripes).toContainEqual(shown[i]);
    else expect(Math.abs(shown[i]![0]! - 255 * value)).toBeLessThan(1.1);
  });
  await page.waitForSelector(".key:not([hidden])");
  const item = bundle.item(3);
  const count = item.filter(Number.isNaN).length;
  expect(count).toBeGreaterThan(1);
  check(await pixels(".plates .plate"), item);
  const says = `Missing: ${count} of 16 values.`;
  expect(await page.locator(".key").textContent()).toBe(`${says} The score counts only the other values.`);
  expect(await page.getByRole("img", { name: `Original. ${says}` }).getAttribute("title")).toBe(says);
  expect(await page.locator(".plates .plate").nth(1).getAttribute("title")).toBe(""); // the reconstruction is complete

  await page.getByRole("tab", { name: "Select" }).click();
  await page.getByRole("button", { name: "Select all visible points" }).click();
  await page.waitForTimeout(500);
  const chosen = Array.from({ length: 300 }, (_, i) => bundle.item(i));
  check(await pixels(".plates .plate"), item.map((_, j) => {
    const there = chosen.map((values) => values[j]!).filter((value) => !Number.isNaN(value));
    return there.reduce((a, b) => a + b, 0) / there.length;
  }));

  await page.getByRole("tab", { name: "Draw" }).click();
  await page.getByRole("button", { name: /Start from item 3/ }).click();
  await page.waitForTimeout(600);
  const code = (): number[] => (/z=([^&]*)/.exec(new URL(page.url()).hash)?.[1] ?? "").split(",").map(Number);
  const encodes = (values: number[]): void => bundle.encode(values).forEach((value, j) => expect(code()[j]).toBeCloseTo(value, 3));
  encodes(item);
  check(await pixels(".pad"), item);
  await page.getByRole("group", { name: "Draw an image" }).getByRole("button", { name: "Missing" }).click();
  const box = (await page.locator(".pad").boundingBox())!;
  const at = item.findIndex((value) => !Number.isNaN(value));
  await page.mouse.click(box.x + ((at % 4 + 0.5) * box.width) / 4, box.y + ((Math.floor(at / 4) + 0.5) * box.height) / 4);
  await page.waitForTimeout(600);
  const [before, shown] = [item.slice(), await pixels(".pad")];
  const isMissing = (i: number): boolean => stripes.some((tone) => String(tone) === String(shown[i]));
  expect(isMissing(at)).toBe(true);
  encodes(before.map((value, i) => (isMissing(i) ? NaN : value)));
  noTrouble(opened);
});

it("values of vectors that are not set are missing, and can be made so again", async () => {
  const bundle = makeBundle({ shape: [5], dim: 2, count: 200, missing: true });
  const opened = await openPage(bundle.folder, "p=draw");
  const { page } = opened;
  const outputs = page.locator(".slider output");
  expect(await outputs.allTextContents()).toEqual(Array(5).fill("missing"));
  await page.getByLabel("Value 2", { exact: true }).fill("127");
  await page.getByLabel("Value 4", { exact: true }).fill("254");
  await page.waitForTimeout(600);
  expect(await outputs.allTextContents()).toEqual(["missing", "0.5", "missing", "1", "missing"]);
  const code = (): number[] => (/z=([^&]*)/.exec(new URL(page.url()).hash)?.[1] ?? "").split(",").map(Number);
  bundle.encode([NaN, 0.5, NaN, 1, NaN]).forEach((value, j) => expect(code()[j]).toBeCloseTo(value, 3));
  await page.getByRole("button", { name: "Value 4 is missing" }).click();
  await page.waitForTimeout(600);
  expect(await outputs.allTextContents()).toEqual(["missing", "0.5", "missing", "missing", "missing"]);
  bundle.encode([NaN, 0.5, NaN, NaN, NaN]).forEach((value, j) => expect(code()[j]).toBeCloseTo(value, 3));
  await page.getByRole("button", { name: "日本語で表示する" }).click();
  expect((await outputs.allTextContents())[0]).toBe("欠損");
  noTrouble(opened);
});

it("with one dimension, a class has its spread, and the panel explains it", async () => {
  const { folder } = makeBundle(runs["one dimension"]!);
  const overlay = ".map canvas:nth-of-type(3)";
  const withoutClass = await inked((await openPage(folder, "p=class&l=n")).page, overlay);
  const opened = await openPage(folder, "p=class&l=n&a=0");
  const { page } = opened;
  expect(await inked(page, overlay)).toBeGreaterThan(withoutClass + 1000); // more than the cross of the center
  expect(await page.locator(".panel").textContent()).toContain("the center, and one and two standard deviations");
  noTrouble(opened);
});

it("a file dropped on a run of vectors does not replace the page", async () => {
  const { page } = await openPage(makeBundle(runs.vectors!).folder);
  const handled = await page.locator(".map").evaluate((map) => {
    const data = new DataTransfer();
    data.items.add(new File(["x"], "x.png", { type: "image/png" }));
    return !map.dispatchEvent(new DragEvent("dragover", { dataTransfer: data, bubbles: true, cancelable: true }));
  });
  expect(handled).toBe(true);
  expect(await page.locator(".dropping").isVisible()).toBe(false);
});

it("200 000 points", async () => {
  const bundle = makeBundle({ shape: [4, 4, 1], dim: 2, count: 200_000 });
  const opened = await openPage(bundle.folder);
  const { page } = opened;
  expect(await page.locator(".facts").textContent()).toContain("200,000 items");
  expect(await inked(page, ".map .points")).toBeGreaterThan(20_000);
  await page.getByRole("tab", { name: "Select" }).click();
  await page.getByRole("button", { name: "Select all visible points" }).click();
  await page.waitForFunction(() => /^\d{3},\d{3} items/.test(document.querySelector(".panel h2")?.textContent ?? ""));
  await page.getByRole("button", { name: "score" }).click();
  await page.getByRole("button", { name: "density" }).click();
  await page.getByRole("tab", { name: "Item" }).click();
  await page.getByLabel("Item number").fill("199999");
  await page.getByLabel("Item number").press("Enter");
  await page.waitForSelector(".panel .items .item");
  expect(await page.locator(".panel .items .item").count()).toBe(12);
  noTrouble(opened);
});
