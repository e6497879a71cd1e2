/** What the page shows of each kind of model: labels side by side, pieces of z, codes, spheres, learned priors, effects on columns. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import type { Column } from "../../src/bundle/columns.ts";
import { colours, makeBundle, noTrouble, openPage, picture, settled, withBrowser } from "./page.ts";

withBrowser();
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const CURSOR = ".cursor-panel > .figure .plate";

async function accessible(page: Page): Promise<void> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}
const code = async (page: Page): Promise<number[]> => {
  await page.waitForFunction(() => location.hash.includes("z="));
  return page.evaluate(() => /[#&]z=([^&]*)/.exec(location.hash)![1]!.split(",").map(Number));
};
/** The image of a thumbnail equals the large one after a click on it. */
async function goesTo(page: Page, name: string): Promise<void> {
  const button = page.getByRole("button", { name, exact: true });
  await page.waitForTimeout(500); // until the images are decoded
  const small = await button.locator("canvas").evaluate((element) => (element as HTMLCanvasElement).toDataURL());
  await button.click();
  await page.waitForTimeout(300);
  expect(await picture(page, CURSOR)).toBe(small);
}

it("a code is decoded under every label, and the prior's draws are of the chosen one", async () => {
  const prior = Float32Array.from([1, 2, 1, 2, -1, 0.5, -1, 0.5, 0.25, 3, 0.25, 3]);
  const { folder } = makeBundle({ shape: [5, 5, 1], dim: 2, count: 200, condition: "labels", files: { "prior.f32": prior },
    entries: { family: { posterior: "normal", prior: "conditional", positions: [], draws: { settings: 3, count: 2 } } } });
  const opened = await openPage(folder, "g=en&z=0.4,-0.2");
  const { page } = opened;
  expect(await page.getByRole("button", { name: /^Decode the map under/ }).count()).toBe(3);
  await goesTo(page, "Decode the map under b");
  expect(await page.getByLabel("Class", { exact: true }).inputValue()).toBe("1");
  await page.getByRole("button", { name: "Draw from the prior" }).click();
  await page.waitForTimeout(500);
  expect(await code(page)).toEqual([-1, 0.5]);
  expect(await page.locator(".panel").innerText()).toContain("“conditional”");
  await accessible(page);
  noTrouble(opened);
});

it("numbers and categorical variables have controls of their own, and change one at a time", async () => {
  const { folder } = makeBundle({ shape: [5, 5, 1], dim: 5, count: 200, entries: { layout: [{ kind: "real", size: 2 }, { kind: "categorical", size: 3 }] } });
  const opened = await openPage(folder, "g=en&z=0.5,1,0,1,0");
  const { page } = opened;
  expect(await page.getByRole("slider", { name: /^Dimension/ }).count()).toBe(2);
  await page.getByRole("group", { name: "Class of the variable" }).getByRole("button").nth(2).click();
  await page.waitForTimeout(500);
  expect(await code(page)).toEqual([0.5, 1, 0, 0, 1]);
  await goesTo(page, "Variable 1: go to image 1");
  await page.waitForTimeout(400);
  expect(await code(page)).toEqual([0.5, 1, 1, 0, 0]);
  await accessible(page);
  noTrouble(opened);
});

it("a sphere is shown whole, and its sliders stay on it", async () => {
  const { folder } = makeBundle({ shape: [5, 5, 3], dim: 3, count: 200, entries: { layout: [{ kind: "sphere", size: 3 }] } });
  const opened = await openPage(folder, "g=en&l=m");
  const { page } = opened;
  expect(await page.locator(".toolbar select").first().inputValue()).toBe("sphere");
  await settled(page);
  const opacities = await page.locator(".map .images").evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const on = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
    on.drawImage(element as HTMLCanvasElement, 0, 0);
    return [[0.5, 0.5], [0.04, 0.06], [0.96, 0.94]].map(([x, y]) => on.getImageData(Math.round(x! * width), Math.round(y! * height), 1, 1).data[3]);
  });
  expect(opacities).toEqual([255, 0, 0]); // outside the disc there are no codes
  await page.getByLabel("Dimension z2", { exact: true }).fill("0.6");
  await page.waitForTimeout(500);
  const z = await code(page);
  expect(z[1]).toBeCloseTo(0.6, 4);
  expect(Math.hypot(...z)).toBeCloseTo(1, 4);
  noTrouble(opened);
});

it("codes are shown by position, and can be swapped", async () => {
  const codebook = Float32Array.from([0, 0, 1, 0, 5, 5, -1, 0.5]); // four codes of two numbers
  const { folder } = makeBundle({ shape: [5, 5, 1], dim: 4, count: 200, files: { "codebook.f32": codebook, "usage.i32": Int32Array.from([300, 100, 0, 0]) },
    entries: { layout: [{ kind: "code", size: 2, classes: 4 }, { kind: "code", size: 2, classes: 4 }], codebook: true } });
  const opened = await openPage(folder, "g=en&z=0,0,5,5");
  const { page } = opened;
  await page.waitForTimeout(500);
  expect(await page.locator(".codes .code").allInnerTexts()).toEqual(["1", "3"]);
  expect(await page.locator(".panel").innerText()).toContain("The items use 2 of 4 codes, as evenly as 1.8 equally frequent codes.");
  await page.getByRole("button", { name: "Position 2, code 3" }).click();
  await page.waitForTimeout(500);
  expect(await page.locator(".items .thumb-name").allInnerTexts()).toEqual(expect.arrayContaining(["2", "1", "4"]));
  await goesTo(page, "Swap in code 4, 0% of all codes");
  await page.waitForTimeout(400);
  expect(await code(page)).toEqual([0, 0, -1, 0.5]);
  await accessible(page);
  noTrouble(opened);
});

it("the effects of a dimension on columns are in their units, and hostile names are text", async () => {
  const column = (name: string, kind: Column["kind"] = "number"): Column => ({ name, kind, levels: kind === "category" ? ["<b>u</b>", "v"] : [], decimals: 1, low: 0, high: 100, stored: "", form: "", offset: kind === "number" ? 10 : 0, factor: kind === "number" ? 50 : 1, quantiles: null, cells: "f32" });
  const { folder, decode, means } = makeBundle({ shape: [3], dim: 2, count: 200, names: null, missing: true, columns: [column("<img src=x>"), column("weight"), column("kind", "category")] });
  const opened = await openPage(folder, "g=en&z=0.5,0.5");
  const { page } = opened;
  await page.waitForSelector(".effect");
  const mean = means.reduce((sum, value, k) => sum + (k % 2 ? 0 : value), 0) / 200;
  const ends = [-2, 2].map((deviations) => 10 + 50 * decode([mean + deviations, 0.5])[1]!); // the manifest says that the variance is 1
  const row = page.locator(".effect").filter({ hasText: "weight" });
  expect(await row.locator(".effect-values").innerText()).toBe(`${ends[0]!.toFixed(1)} → ${ends[1]!.toFixed(1)}`);
  expect(await row.locator(".effect-bar").getAttribute("class")).toContain(ends[1]! > ends[0]! ? "up" : "down");
  expect(await page.locator(".effects img").count()).toBe(0);
  await accessible(page);
  noTrouble(opened);
});

it("the introduction opens with the first screen, and stays closed", async () => {
  const opened = await openPage(makeBundle({ shape: [5, 5, 1], dim: 2, count: 200 }).folder, "g=en");
  const { page } = opened;
  expect(await page.getByRole("button", { name: "Walk between two items" }).isVisible()).toBe(true);
  await page.getByRole("button", { name: "Close this introduction" }).click();
  await page.waitForFunction(() => location.hash.includes("h=0"));
  await page.reload();
  await page.waitForSelector(".cursor-panel");
  expect(await page.locator(".intro").isVisible()).toBe(false);
  noTrouble(opened);
});

it("a photo is drawn on only after one is chosen, and gray images start as paper", async () => {
  const photo = await openPage(makeBundle({ shape: [5, 5, 3], dim: 2, count: 200 }).folder, "g=en&p=draw");
  expect(await photo.page.locator(".pad").isVisible()).toBe(false);
  await photo.page.getByRole("button", { name: /^Start from item/ }).click();
  await photo.page.waitForSelector(".pad");
  const gray = await openPage(makeBundle({ shape: [5, 5, 1], dim: 2, count: 200 }).folder, "g=en&p=draw");
  expect((await colours(gray.page, ".pad", 5, 5)).every((pixel) => pixel.join() === "255,255,255,255" || pixel[3] === 0)).toBe(true);
  noTrouble(photo);
  noTrouble(gray);
});
