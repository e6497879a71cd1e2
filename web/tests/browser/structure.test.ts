/** Clusters, contours and groups on the page. */
import { expect, it } from "vitest";
import { makeBundle, noTrouble, openPage, picture, withBrowser } from "./page.ts";

withBrowser();
const HOSTILE = "<img src=x onerror=alert(1)>";

it("a cluster is selected on the map, and compared with all other items", async () => {
  const bundle = makeBundle({ shape: [6, 6, 1], dim: 3, count: 900, names: [HOSTILE, "b", "c"], clusters: [3, 9] });
  const opened = await openPage(bundle.folder, "g=en&u=c");
  const { page } = opened;
  const labels = page.locator(".cluster-label:visible");
  const boxes = async () => Promise.all((await labels.all()).map(async (label) => (await label.boundingBox())!));

  expect(await page.getByRole("button", { name: "clusters" }).getAttribute("aria-pressed")).toBe("true");
  expect(await page.locator(".trust").textContent()).toContain("trustworthiness 0.93");
  expect((await labels.allTextContents()).some((text) => text.includes(HOSTILE))).toBe(true);
  const shown = await boxes();
  expect(shown.length).toBeGreaterThan(1);
  shown.forEach((a, i) => shown.slice(i + 1).forEach((b) => expect(a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height).toBe(false)));

  const before = await picture(page, ".map > canvas:nth-of-type(3)");
  await page.getByRole("button", { name: "contours" }).click();
  await expect.poll(() => picture(page, ".map > canvas:nth-of-type(3)")).not.toBe(before);

  await page.getByTitle(/mostly b: 300 items/).first().click();
  await page.getByRole("heading", { name: "300 items, 33% of all" }).waitFor();
  expect(await page.locator(".cluster-label.chosen").count()).toBe(1);
  await page.waitForFunction(() => location.hash.includes("j=c0.1"));
  await page.getByRole("button", { name: "Compare with all others" }).click();
  await page.waitForSelector(".differences tbody tr");
  expect(await page.locator(".group-sizes").textContent()).toMatch(/A.*300 items.*B.*all other items.*600 items/);
  // The clusters of this bundle are its classes.
  expect(await page.locator(".differences tbody tr").first().textContent()).toMatch(/^classb 100%.*V 1$/);
  await page.waitForFunction(() => location.hash.includes("x=c0.1!o"));

  await page.getByRole("tab", { name: "Cursor" }).click();
  const hash = await page.evaluate(() => location.hash);
  const label = (await labels.first().boundingBox())!;
  await page.mouse.move(label.x + label.width / 2, label.y + label.height / 2); // a label does not stop a drag
  await page.mouse.down();
  await page.mouse.move(label.x + 150, label.y + 90, { steps: 4 });
  await page.mouse.up();
  await page.waitForFunction((old) => location.hash !== old && location.hash.includes("c="), hash);
  expect(await page.getByRole("tab", { name: "Cursor" }).getAttribute("aria-selected")).toBe("true");
  await labels.first().focus();
  await page.keyboard.press("Enter");
  expect(await page.getByRole("tab", { name: "Select" }).getAttribute("aria-selected")).toBe("true");
  for (let k = 0; k < 3; k++) await page.getByRole("button", { name: "Zoom in" }).click();
  await page.waitForFunction(() => [...document.querySelectorAll(".cluster-label")].length > 3); // a finer scale
  noTrouble(opened);
}, 60_000);
