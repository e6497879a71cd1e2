/** Typical use in Firefox: open, hover, open an item, select, walk a path, draw, reload a link; and the widget in a notebook. */
import { expect, it } from "vitest";
import { inside } from "../../src/math/lasso.ts";
import { followsPython } from "../browser/notebook.ts";
import { openNotebook } from "../browser/pair.ts";
import { inked, makeBundle, noTrouble, openPage, picture, waitReady, withBrowser } from "../browser/page.ts";

withBrowser();
const shape = [8, 8, 1];

it("the main walk", async () => {
  const bundle = makeBundle({ shape, dim: 2, count: 4000, names: ["ant", "bee", "cat"] });
  const opened = await openPage(bundle.folder, "g=en&c=0,0,6");
  const { page, url, requests } = opened;
  const box = (await page.locator(".map").boundingBox())!;
  const k = Math.min(box.width, box.height) / 6;
  const at = (x: number, y: number): [number, number] => [box.x + box.width / 2 + x * k, box.y + box.height / 2 - y * k];
  expect(await inked(page, ".map .points")).toBeGreaterThan(1000);

  await page.mouse.move(...at(1, 0.5));
  const first = await picture(page, ".panel .plate");
  await page.mouse.move(...at(-2, 0.5));
  await expect.poll(() => page.locator(".place").textContent()).toContain("−2.");
  await expect.poll(() => picture(page, ".panel .plate")).not.toBe(first);
  expect(await page.locator(".magnifier").isVisible()).toBe(true);

  const [x, y] = bundle.means; // of item 0
  await page.mouse.click(...at(x!, y!));
  await page.waitForSelector(".panel .items .item");
  const opensItem = await page.getByLabel("Item number").inputValue();
  const z = bundle.means.subarray(2 * Number(opensItem), 2 * Number(opensItem) + 2);
  expect(Math.hypot(z[0]! - x!, z[1]! - y!) * k).toBeLessThan(11);
  const shown = await page.locator(".plates .plate").nth(1).evaluate((element) =>
    Array.from((element as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, 8, 8).data.filter((_, i) => i % 4 === 0)));
  bundle.decode(z).forEach((value, i) => expect(Math.abs(shown[i]! / 255 - value)).toBeLessThan(0.01));

  await page.getByRole("tab", { name: "Select" }).click();
  const corners: [number, number][] = [[-1, -1], [1.5, -1], [1.5, 1], [-1, 1]];
  await page.mouse.move(...at(...corners[0]!));
  await page.mouse.down();
  for (const corner of corners.slice(1)) await page.mouse.move(...at(...corner), { steps: 6 });
  await page.mouse.up();
  await page.waitForSelector(".panel h2");
  const selected = Number((await page.locator(".panel h2").first().textContent())!.replace(/ items.*|,/g, ""));
  const expected = Array.from({ length: 4000 }, (_, i) => inside(corners, bundle.means[2 * i]!, bundle.means[2 * i + 1]!)).filter(Boolean).length;
  expect(Math.abs(selected - expected) / expected).toBeLessThan(0.02);

  await page.getByRole("tab", { name: "Path" }).click();
  await page.mouse.click(...at(-1, 0));
  await page.mouse.click(...at(1, 1));
  await page.waitForFunction(() => document.querySelectorAll(".film canvas").length > 0 && document.querySelectorAll(".stops li").length === 2);

  await page.getByRole("tab", { name: "Draw" }).click();
  const pad = (await page.locator(".pad").boundingBox())!;
  await page.mouse.move(pad.x + 30, pad.y + 30);
  await page.mouse.down();
  await page.mouse.move(pad.x + 150, pad.y + 150, { steps: 5 });
  await page.mouse.up();
  await page.waitForSelector(".panel .items .item");
  await expect.poll(() => page.url()).toContain("d=");

  const [link, drawn] = [page.url(), await picture(page, ".pad")];
  await page.goto("about:blank");
  await page.goto(link);
  await waitReady(page);
  await expect.poll(() => picture(page, ".pad")).toBe(drawn);
  await page.getByRole("tab", { name: "Path" }).click();
  expect(await page.locator(".stops li").count()).toBe(2);
  for (const request of requests) expect(request.startsWith(url) || /^(blob:|data:,|about:)/.test(request), request).toBe(true);
  noTrouble(opened);
});

it("the widget in a notebook, without origin and network", async () => {
  const { folder } = makeBundle({ shape, dim: 2, count: 400, names: ["ant", "bee"], rowOf: (item) => 1000 + item });
  const { page } = await openPage(folder, "", {}, { ready: false });
  const { frame, close } = await openNotebook(page, folder);
  await followsPython(page, frame);
  close();
});
