/** Many points: what WebGL draws, the sample while the page reads, arrays in pieces, thumbnails. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import type * as Explorer from "../../src/explorer.ts";
import { inked, makeBundle, noTrouble, openPage, waitReady, withBrowser } from "./page.ts";
import type { Synthetic } from "./synthetic.ts";

withBrowser();
const options = { shape: [2, 2, 1], dim: 2, count: 600 };

/** Change the manifest of a bundle. */
function change(bundle: Synthetic, entries: object): void {
  writeFileSync(join(bundle.folder, "atlas.json"), JSON.stringify({ ...bundle.manifest, ...entries }));
}

/** Divide an array of a bundle into files of `bytes`. */
function divide({ folder }: Synthetic, name: string, bytes: number): void {
  const all = readFileSync(join(folder, "data", name));
  for (let k = 0; k * bytes < all.length; k++) writeFileSync(join(folder, "data", k ? name.replace(".", `.${k}.`) : name), all.subarray(k * bytes, (k + 1) * bytes));
}

/** The bytes of a gray PNG. */
function png(width: number, height: number, gray: (x: number, y: number) => number): Buffer {
  const crc = (bytes: Buffer): number => ~bytes.reduce((c, byte) => {
    let value = c ^ byte;
    for (let k = 0; k < 8; k++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  }, -1) >>> 0;
  const number = (value: number): Buffer => { const bytes = Buffer.alloc(4); bytes.writeUInt32BE(value); return bytes; };
  const chunk = (kind: string, data: Buffer): Buffer => { const body = Buffer.concat([Buffer.from(kind), data]); return Buffer.concat([number(data.length), body, number(crc(body))]); };
  const rows = Buffer.concat(Array.from({ length: height }, (_, y) => Buffer.from([0, ...Array.from({ length: width }, (__, x) => gray(x, y))])));
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk("IHDR", Buffer.concat([number(width), number(height), Buffer.from([8, 0, 0, 0, 0])])), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

it("WebGL draws the points at the same pixels in the same colors, the faded ones below", async () => {
  const { page } = await openPage(makeBundle(options).folder);
  const module = await page.evaluateHandle<typeof Explorer>('import("./assets/explorer.js")');
  const pixels = await module.evaluate((explorer) => {
    const points = explorer.makeGlPoints(document.createElement("canvas"), false)!;
    const coords = Float32Array.from([10, 10, 30, 20, 30, 20, 50, 50]);
    const index = { order: new Int32Array(4), coords, starts: Int32Array.of(0, 4), side: 1, column: () => 0, row: () => 0, near: () => -1 };
    points.draw(index, Uint16Array.of(0, 3, 1, 2), { palette: [[255, 0, 0], [0, 0, 255]], faded: true }, { width: 64, height: 64, kx: 1, ky: 1, tx: 0.5, ty: 0.5 }, 3, 1);
    const copy = document.createElement("canvas").getContext("2d")!;
    copy.drawImage(points.canvas, 0, 0);
    return [[10, 10], [30, 20], [50, 50], [40, 40]].map(([x, y]) => Array.from(copy.getImageData(x!, y!, 1, 1).data));
  });
  expect(pixels[0]).toEqual([255, 0, 0, 255]);
  expect(pixels[1]).toEqual([0, 0, 255, 255]);
  expect(pixels[2]![0]).toBeGreaterThan(200);
  expect(pixels[2]![3]).toBeLessThan(80); // faded
  expect(pixels[3]).toEqual([0, 0, 0, 0]);
});

it("a sample of the points and the share that is read are visible until all arrays are read, which may be in pieces", async () => {
  const bundle = makeBundle(options);
  writeFileSync(join(bundle.folder, "data", "first.f32"), new Uint8Array(bundle.means.slice(0, 200).buffer));
  writeFileSync(join(bundle.folder, "data", "first.i32"), new Uint8Array(new Int32Array(100).buffer));
  change(bundle, { first: { count: 100, plane: "d0.1" }, piece_bytes: 1600 });
  for (const name of ["means.f32", "labels.i32", "rows.i32", "score.f32", "log_var.f32"]) divide(bundle, name, 1600);
  const opened = await openPage(bundle.folder, "", {}, { ready: false });
  const { page } = opened;
  let release = (): void => undefined;
  const held = new Promise<void>((done) => { release = done; });
  await page.route("**/means.2.f32", async (route) => { await held; await route.continue(); });
  await page.reload();
  await page.waitForSelector(".sampled canvas");
  await page.waitForFunction(() => (document.querySelector("progress")?.value ?? 0) > 0.8);
  expect(await inked(page, ".sampled canvas")).toBeGreaterThan(100);
  expect(await page.locator(".sampled .caption").textContent()).toMatch(/Loading the map … 8\d%/);
  expect(await page.locator(".sheet").count()).toBe(0);
  release();
  await waitReady(page);
  expect(await inked(page, ".map .points")).toBeGreaterThan(1000);
  noTrouble(opened);
});

it("a missing piece of an array is named", async () => {
  const bundle = makeBundle(options);
  change(bundle, { piece_bytes: 1600 });
  for (const name of ["means.f32", "labels.i32", "rows.i32", "score.f32"]) divide(bundle, name, 1600);
  rmSync(join(bundle.folder, "data", "means.1.f32"));
  const { page } = await openPage(bundle.folder, "", {}, { ready: false });
  expect(await page.getByRole("alert").textContent()).toContain("data/means.1.f32 could not be read (HTTP 404)");
});

it("points become thumbnails where they have room, in frames of their class, and never with the layer of points hidden", async () => {
  const bundle = makeBundle({ ...options, shape: [4, 4, 1] });
  const places = Int32Array.from({ length: 600 }, (_, i) => (i === 0 ? -1 : 600 - i)); // the first item has none
  writeFileSync(join(bundle.folder, "data", "thumbnails.i32"), new Uint8Array(places.buffer));
  for (const sheet of [0, 1, 2]) writeFileSync(join(bundle.folder, "data", `sheet-0000${sheet}.png`), png(64, 64, (x, y) => (Math.floor(y / 4) * 16 + Math.floor(x / 4) + 256 * sheet) % 199));
  change(bundle, { thumbnails: { height: 4, width: 4, channels: 1, per_row: 16, format: "png" } });
  const link = (item: number): string => `c=${bundle.means[2 * item]},${bundle.means[2 * item + 1]},0.001`;
  const middle = async (page: Page): Promise<number[]> => {
    await page.waitForTimeout(300);
    return page.locator(".map .thumbnails").evaluate((element) => {
      const layer = element as HTMLCanvasElement;
      return Array.from(layer.getContext("2d")!.getImageData(layer.width / 2, layer.height / 2, 1, 1).data);
    });
  };
  const opened = await openPage(bundle.folder, link(450));
  const shown = await middle(opened.page); // decoded images of this bundle are plain: gray is gray
  expect(shown[3]).toBe(255);
  expect(Math.abs(shown[0]! - (600 - 450))).toBeLessThanOrEqual(1);
  noTrouble(opened);
  expect(opened.requests.filter((url) => /sheet-/.test(url)).map((url) => url.split("/").at(-1))).toEqual(["sheet-00000.png"]);
  const go = (hash: string): Promise<void> => opened.page.evaluate((to) => { location.hash = to; }, hash);
  await go(link(0));
  expect((await middle(opened.page))[3]).toBe(0);
  await go("c=0,0,8"); // all points
  await opened.page.waitForTimeout(100);
  expect(await inked(opened.page, ".map .thumbnails")).toBe(0);
  await go(`l=m&${link(450)}`);
  await opened.page.waitForSelector(".map .thumbnails", { state: "hidden" });
});
