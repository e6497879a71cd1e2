/** Opens bundles in Chromium and records errors and requests of the page. */
import { rmSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launch } from "../../scripts/browser.mjs";
import { host } from "../../scripts/host.mjs";
import { type BundleOptions, type Synthetic, synthetic } from "./synthetic.ts";

let browser: Browser;
const open: { close(): Promise<unknown> }[] = [];
const folders: string[] = [];

/** Start a browser for a test file; call it once. */
export function withBrowser(): void {
  beforeAll(async () => { browser = await launch(); });
  afterEach(async () => { for (const resource of open.splice(0)) await resource.close(); });
  afterAll(async () => {
    await browser.close();
    for (const folder of folders) rmSync(folder, { recursive: true });
  });
}

export function makeBundle(options: BundleOptions): Synthetic {
  const bundle = synthetic(options);
  folders.push(bundle.folder);
  return bundle;
}

export interface Opened { page: Page; url: string; requests: string[]; troubles: string[] }

/** `troubles` contains script errors, console errors and dialogs; `requests` contains all requested addresses. */
export async function openPage(bundle: string, hash = "", options: BrowserContextOptions = {}, { prefix = "/", ready = true } = {}): Promise<Opened> {
  const server = await host(bundle, { prefix });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", ...options });
  open.push(context, server); // the context is closed first, since the server waits for its connections
  const page = await context.newPage();
  const requests: string[] = [];
  const troubles: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && troubles.push(message.text()));
  page.on("dialog", (dialog) => { troubles.push(`dialog: ${dialog.message()}`); void dialog.dismiss(); });
  await page.goto(`${server.url}#${hash}`);
  if (ready) await waitReady(page);
  return { page, url: server.url, requests, troubles };
}

/** Wait until the networks run and the image at the cursor is decoded. */
export async function waitReady(page: Page): Promise<void> {
  await page.waitForSelector(".zukan .sheet");
  await page.waitForSelector(".network-status", { state: "detached" });
  await page.waitForTimeout(150);
}

/** Number of pixels of a canvas that are not transparent. */
export const inked = (page: Page, selector: string): Promise<number> => page.locator(selector).first().evaluate((element) => {
  const canvas = element as HTMLCanvasElement;
  const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let p = 3; p < data.length; p += 4) count += Number(data[p]! > 0);
  return count;
});

/** The pixels of a canvas as a string, to compare them. */
export const picture = (page: Page, selector: string): Promise<string> =>
  page.locator(selector).first().evaluate((element) => (element as HTMLCanvasElement).toDataURL());

/** The colors of the pixels at the top left of a canvas, row by row, each with its opacity, 0…255. */
export const colours = (page: Page, selector: string, width: number, height: number): Promise<number[][]> =>
  page.locator(selector).first().evaluate((element, [w, h]) => {
    const copy = new OffscreenCanvas(w, h).getContext("2d")!; // Chromium warns of canvases that are read several times
    copy.drawImage(element as HTMLCanvasElement, 0, 0);
    const { data } = copy.getImageData(0, 0, w, h);
    return Array.from({ length: w * h }, (_, i) => Array.from(data.subarray(4 * i, 4 * i + 4)));
  }, [width, height] as const);

/** Wait until all images of the map are decoded and its canvas does not change. */
export async function settled(page: Page): Promise<void> {
  for (let last = "", now = await picture(page, ".map .images"); now !== last; ) {
    last = now;
    await page.waitForTimeout(400);
    now = await picture(page, ".map .images");
  }
}

export const noTrouble = (opened: Opened): void => expect(opened.troubles).toEqual([]);
