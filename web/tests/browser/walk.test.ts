/** Typical use: move the cursor, open items, create paths, compare classes, select, draw, share links. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { inside } from "../../src/math/lasso.ts";
import { makeBundle, noTrouble, openPage, picture, settled, waitReady, withBrowser } from "./page.ts";

withBrowser();
const options = { shape: [8, 8, 1], dim: 2, count: 4000, names: ["ant", "bee", "cat"] };

/** Return a function from positions on the plane to pixels of the page, for a known camera. */
async function placer(page: Page, camera: { x: number; y: number; span: number }): Promise<(x: number, y: number) => [number, number]> {
  const box = (await page.locator(".map").boundingBox())!;
  const k = Math.min(box.width, box.height) / camera.span;
  return (x, y) => [box.x + box.width / 2 + (x - camera.x) * k, box.y + box.height / 2 - (y - camera.y) * k];
}

const panelImage = (page: Page): Promise<string> => picture(page, ".panel .plate");

it("the decoded image follows the pointer until the cursor is pinned", async () => {
  const opened = await openPage(makeBundle(options).folder, "c=0,0,6");
  const { page } = opened;
  const at = await placer(page, { x: 0, y: 0, span: 6 });
  const seen = new Set<string>();
  for (const x of [-2, -1, 0, 1, 2]) {
    await page.mouse.move(...at(x, 0.5));
    await page.waitForTimeout(80);
    expect(await page.locator(".place").textContent()).toContain(`${x < 0 ? "−" : ""}${Math.abs(x)}.`);
    seen.add(await panelImage(page));
    expect(await page.locator(".magnifier").isVisible()).toBe(true);
  }
  expect(seen.size).toBe(5);
  await page.getByRole("button", { name: "Pin" }).click();
  const pinned = await panelImage(page);
  await page.mouse.move(...at(1.5, -1));
  await page.waitForTimeout(80);
  expect(await panelImage(page)).toBe(pinned);
  await page.keyboard.press("Tab");
  noTrouble(opened);
});

it("every cell of the map shows the image of its center, and cells become finer with the zoom", async () => {
  const bundle = makeBundle({ ...options, shape: [1, 1, 3] }); // a cell has one color
  const cells = new Set<number>();
  for (const span of [6, 1.5, 0.2]) {
    const { page } = await openPage(bundle.folder, `l=m&c=0.3,-0.2,${span}`);
    await settled(page);
    const box = (await page.locator(".map").boundingBox())!;
    const k = Math.min(box.width, box.height) / span;
    const size = 2 ** -Math.floor(Math.log2(k / 46)); // at least 46 pixels
    cells.add(size);
    const middles: [number, number][] = [];
    for (let i = Math.ceil((0.3 - span / 3) / size); (i + 0.5) * size < 0.3 + span / 3; i++) {
      for (let j = Math.ceil((-0.2 - span / 3) / size); (j + 0.5) * size < -0.2 + span / 3; j++) middles.push([(i + 0.5) * size, (j + 0.5) * size]);
    }
    const places = middles.map(([x, y]) => [Math.round(box.width / 2 + (x - 0.3) * k), Math.round(box.height / 2 - (y + 0.2) * k)] as const);
    const colours = await page.locator(".map .images").evaluate((canvas, at) =>
      at.map(([x, y]) => Array.from((canvas as HTMLCanvasElement).getContext("2d")!.getImageData(x, y, 1, 1).data)), places);
    middles.forEach((z, n) => bundle.decode(z).forEach((value, c) => expect(Math.abs(colours[n]![c]! - 255 * value)).toBeLessThan(2)));
    expect(middles.length).toBeGreaterThan(20);
  }
  expect(cells.size).toBe(3);
});

it("a click on a point opens its item with reconstruction and neighbors", async () => {
  const bundle = makeBundle(options);
  const item = 17;
  const [x, y] = [bundle.means[2 * item]!, bundle.means[2 * item + 1]!];
  const opened = await openPage(bundle.folder, `c=${x},${y},0.05`);
  const { page } = opened;
  const at = await placer(page, { x, y, span: 0.05 });
  await page.mouse.click(...at(x, y));
  await page.waitForSelector(".panel .items .item");
  expect(await page.getByLabel("Item number").inputValue()).toBe("17");
  expect(await page.locator(".panel h2").first().textContent()).toBe("Class cat");
  const shown = await page.locator(".plates .plate").nth(1).evaluate((element) => {
    const { data } = (element as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, 8, 8);
    return Array.from({ length: 64 }, (_, i) => data[4 * i]! / 255);
  });
  const expected = bundle.decode([x, y]);
  shown.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(0.01));
  await page.getByRole("button", { name: "Next item" }).click();
  expect(await page.getByLabel("Item number").inputValue()).toBe("18");
  await page.getByRole("button", { name: "Add to the path" }).click();
  expect(await page.getByRole("tab", { selected: true }).textContent()).toBe("Path");
  noTrouble(opened);
});

it("a path is created by clicks and lines, played, and saved as PNG and GIF", async () => {
  const opened = await openPage(makeBundle(options).folder, "p=path&c=0,0,6&l=m&f=10");
  const { page } = opened;
  const at = await placer(page, { x: 0, y: 0, span: 6 });
  await page.mouse.click(...at(-1, 0));
  await page.mouse.click(...at(1, 1));
  await page.mouse.click(...at(1, -1));
  await page.waitForFunction(() => document.querySelectorAll(".film canvas").length === 10 && document.querySelectorAll(".stops li").length === 3);
  await page.waitForTimeout(200);
  const first = await panelImage(page);
  await page.getByRole("button", { name: "Play" }).click();
  await page.waitForTimeout(500);
  await page.getByRole("button", { name: "Pause" }).click();
  expect(await page.locator(".panel figcaption").textContent()).toMatch(/^frame \d+ of 10$/);
  expect(await picture(page, ".panel .plate.large")).not.toBe(first);
  const straight = await picture(page, ".film canvas:nth-child(4)");
  await page.getByRole("button", { name: "spherical" }).click();
  await page.waitForTimeout(300);
  expect(await picture(page, ".film canvas:nth-child(4)")).not.toBe(straight);
  for (const [kind, magic] of [["PNG", [0x89, 0x50, 0x4e, 0x47]], ["GIF", [0x47, 0x49, 0x46, 0x38]]] as const) {
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: `Save ${kind}` }).click()]);
    expect(file.suggestedFilename()).toBe(`synthetic-path.${kind.toLowerCase()}`);
    expect(Array.from(readFileSync(await file.path()).subarray(0, 4))).toEqual([...magic]);
  }
  await page.getByRole("button", { name: "Draw a line" }).click();
  await page.mouse.move(...at(-2, -1));
  await page.mouse.down();
  for (const [x, y] of [[-1, 1], [0, -1], [1, 1], [2, -1]] as const) await page.mouse.move(...at(x, y), { steps: 6 });
  await page.mouse.up();
  expect(await page.locator(".stops li").count()).toBeGreaterThan(3);
  await page.waitForTimeout(400);
  expect(page.url()).toMatch(/s=z-(2|1\.99)/); // the line starts there
  expect(page.url()).toContain("c=0,0,6"); // the map has not moved
  noTrouble(opened);
});

it("a class shows its overlapping classes and the images between them", async () => {
  const opened = await openPage(makeBundle(options).folder, "p=class");
  const { page } = opened;
  expect(await page.locator(".panel table tr").count()).toBe(3);
  await page.locator(".legend").getByRole("button", { name: "bee" }).click();
  expect(await page.locator(".panel h2").first().textContent()).toContain("bee");
  expect(await page.locator(".panel").textContent()).toContain("1,333 items");
  await page.locator(".partners").getByRole("button", { name: "ant 25%" }).click();
  await page.waitForSelector(".film canvas");
  expect(await page.getByRole("img", { name: "From bee to ant" }).count()).toBe(1);
  await page.getByRole("button", { name: "Open as a path" }).click();
  expect(await page.locator(".stops li").count()).toBe(2);
  noTrouble(opened);
});

it("a lasso shows the number of its items and saves their rows in the source", async () => {
  const rowOf = (item: number): number => options.count - 1 - item;
  const bundle = makeBundle({ ...options, rowOf });
  const opened = await openPage(bundle.folder, "p=select&c=0,0,6");
  const { page } = opened;
  const at = await placer(page, { x: 0, y: 0, span: 6 });
  const corners: [number, number][] = [[-1, -1], [1.5, -1], [1.5, 1], [-1, 1]];
  await page.mouse.move(...at(...corners[0]!));
  await page.mouse.down();
  for (const corner of corners.slice(1)) await page.mouse.move(...at(...corner), { steps: 8 });
  await page.mouse.up();
  await page.waitForSelector(".panel h2");
  await page.waitForTimeout(400);
  const drawn = /r=([^&]+)/.exec(page.url())![1]!.split(";").map((corner) => corner.split(",").map(Number) as [number, number]);
  const expected = Array.from({ length: options.count }, (_, i) => i).filter((i) => inside(drawn, bundle.means[2 * i]!, bundle.means[2 * i + 1]!));
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save the list as CSV" }).click()]);
  const lines = readFileSync(await file.path(), "utf8").trim().split("\r\n");
  expect(lines[0]).toBe("item,row,split,class,score");
  const listed = lines.slice(1).map((line) => rowOf(Number(line.split(",")[0])));
  expect(listed.length).toBeGreaterThan(500);
  expect(Math.abs(listed.length - expected.length)).toBeLessThanOrEqual(5); // the corners are rounded in the link
  expect(lines[1]).toMatch(/^(\d+),\1,train,(ant|bee|cat),\d+\.\d+$/);
  expect(listed.filter((item) => !expected.includes(item)).length).toBeLessThanOrEqual(5);
  expect(await page.locator(".panel h2").first().textContent()).toBe(`${listed.length.toLocaleString("en")} items, ${Math.round(listed.length / 40)}% of all`);
  const mean = await page.locator(".plates .plate").first().evaluate((element) => Array.from((element as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, 8, 8).data));
  const sums = new Array<number>(64).fill(0);
  for (const i of listed) bundle.decode(bundle.means.subarray(2 * i, 2 * i + 2)).forEach((value, k) => { sums[k]! += value / listed.length; });
  sums.forEach((value, k) => expect(Math.abs(mean[4 * k]! / 255 - value)).toBeLessThan(0.01));
  noTrouble(opened);
});

it("a drawing and a dropped picture are encoded and shown with their neighbors", async () => {
  const opened = await openPage(makeBundle(options).folder, "p=draw");
  const { page } = opened;
  const box = (await page.locator(".pad").boundingBox())!;
  await page.mouse.move(box.x + 30, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + 150, box.y + 150, { steps: 5 });
  await page.mouse.up();
  await page.waitForSelector(".panel .items .item");
  expect(await page.locator(".panel .items .item").count()).toBe(12);
  const drawn = await picture(page, ".pad");
  await page.waitForTimeout(400);
  expect(page.url()).toContain("d=");
  await page.evaluate(async () => {
    const sheet = new OffscreenCanvas(300, 200);
    const on = sheet.getContext("2d")!;
    on.fillStyle = "white";
    on.fillRect(0, 0, 300, 200);
    on.fillStyle = "black";
    on.fillRect(100, 50, 100, 100);
    const data = new DataTransfer();
    data.items.add(new File([await sheet.convertToBlob()], "square.png", { type: "image/png" }));
    document.querySelector(".map")!.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  });
  await page.waitForFunction((before) => (document.querySelector(".pad") as HTMLCanvasElement).toDataURL() !== before, drawn);
  const pixels = await page.locator(".pad").evaluate((element) => Array.from((element as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, 8, 8).data));
  expect(pixels[4 * (4 * 8 + 4)]).toBeLessThan(40); // the black square
  expect(pixels[0]).toBeGreaterThan(240); // on white, also above and below
  const transparent = await page.evaluate(async () => { // the same square on a transparent background
    const sheet = new OffscreenCanvas(300, 200);
    sheet.getContext("2d")!.fillRect(100, 50, 100, 100);
    return Array.from(new Uint8Array(await (await sheet.convertToBlob()).arrayBuffer()));
  });
  await page.getByRole("button", { name: "Clear" }).click();
  await page.locator('input[type="file"]').setInputFiles({ name: "transparent.png", mimeType: "image/png", buffer: Buffer.from(transparent) });
  await page.waitForFunction(() => {
    const copy = new OffscreenCanvas(8, 8).getContext("2d", { willReadFrequently: true })!;
    copy.drawImage(document.querySelector(".pad") as HTMLCanvasElement, 0, 0);
    const { data } = copy.getImageData(0, 0, 8, 8);
    return data[4 * (4 * 8 + 4)]! < 40 && data[0]! > 240;
  });
  await page.locator('input[type="file"]').setInputFiles({ name: "<b>no.png", mimeType: "image/png", buffer: Buffer.from("nothing") });
  await page.waitForSelector(".notice");
  expect(await page.locator(".notice").textContent()).toContain("<b>no.png is not an image that this browser can read");
  noTrouble(opened);
});

it("a link restores the view", async () => {
  const bundle = makeBundle({ ...options, dim: 3 });
  const { page } = await openPage(bundle.folder, "p=point&i=5&v=pca&o=score&c=0.5,0.25,3&t=dark&g=ja");
  const pictures = async (): Promise<string[]> => {
    await settled(page);
    return Promise.all([".map .points", ".map .images", ".map canvas:nth-of-type(3)"].map((selector) => picture(page, selector)));
  };
  const first = await pictures();
  await page.waitForTimeout(400);
  const link = page.url();
  await page.goto("about:blank");
  await page.goto(link);
  await waitReady(page);
  expect(await page.locator(".zukan").getAttribute("lang")).toBe("ja");
  expect(await pictures()).toEqual(first);
  await page.evaluate(() => { location.hash = "g=en&p=cursor"; });
  await page.waitForTimeout(200);
  expect(await page.getByRole("tab", { selected: true }).textContent()).toBe("Cursor");
});

it("links and keys cannot exceed the limits of the zoom", async () => {
  const bundle = makeBundle(options);
  for (const span of ["1e-18", "1e-300", "999999"]) {
    const opened = await openPage(bundle.folder, `c=3,3,${span}`);
    await settled(opened.page); // fails if the page hangs
    noTrouble(opened);
  }
  const opened = await openPage(bundle.folder, "c=1,1,4", { reducedMotion: "reduce" });
  await opened.page.locator(".map").focus();
  for (let presses = 0; presses < 110; presses++) await opened.page.keyboard.press("+");
  await settled(opened.page);
  expect(Number(/c=[^&]*,([^&]+)/.exec(opened.page.url())![1])).toBeGreaterThan(1e-4);
  noTrouble(opened);
});

it("changing language and theme keeps the rest of the state", async () => {
  const opened = await openPage(makeBundle(options).folder, "p=class&a=1");
  const { page } = opened;
  const light = await picture(page, ".map canvas:nth-of-type(3)");
  await page.getByRole("button", { name: "日本語で表示する" }).click();
  expect(await page.getByRole("tab", { selected: true }).textContent()).toBe("クラス");
  expect(await page.locator(".panel h2").first().textContent()).toContain("bee");
  await page.getByRole("button", { name: /^配色/ }).click();
  await page.getByRole("button", { name: /^配色/ }).click();
  await page.waitForTimeout(200);
  expect(await page.locator(".zukan").getAttribute("data-theme")).toBe("dark");
  expect(await picture(page, ".map canvas:nth-of-type(3)")).not.toBe(light);
  noTrouble(opened);
});

it("in a notebook, the same module reads its files from Python", async () => {
  const opened = await openPage(makeBundle(options).folder);
  const { page } = opened;
  const module = await page.evaluateHandle('import("./assets/explorer.js")');
  await module.evaluate(async (explorer: { default: { render(context: object): Promise<() => void> } }) => {
    const requested: string[] = [];
    const listeners = new Set<(content: unknown, buffers: DataView[]) => void>();
    const model = {
      get: (name: string) => ({ height: 500 })[name],
      on: (_: string, handler: (content: unknown, buffers: DataView[]) => void) => listeners.add(handler),
      off: (_: string, handler: (content: unknown, buffers: DataView[]) => void) => listeners.delete(handler),
      send({ kind, path }: { kind: string; path: string }) {
        requested.push(`${kind} ${path}`);
        void fetch(path).then((response) => response.arrayBuffer()).then((bytes) => { for (const handler of listeners) handler({ kind: "file", path }, [new DataView(bytes)]); });
      },
    };
    document.querySelector("#zukan-explorer")!.remove();
    const el = document.body.appendChild(document.createElement("div"));
    el.id = "cell";
    Object.assign(window, { requested, listeners, close: await explorer.default.render({ model, el }) });
  });
  await waitReady(page);
  expect(await page.locator("#cell .zukan").evaluate((element) => element.clientHeight)).toBe(500);
  expect(await page.evaluate(() => (window as unknown as { requested: string[] }).requested)).toContain("read atlas.json");
  const before = page.url();
  await page.locator("#cell .map").hover();
  await page.waitForTimeout(500);
  expect(page.url()).toBe(before); // the address belongs to the notebook
  expect(await page.locator(".magnifier").isVisible()).toBe(true);
  await page.evaluate(() => (window as unknown as { close(): void }).close());
  expect(await page.locator("#cell .zukan").count()).toBe(0);
  expect(await page.evaluate(() => (window as unknown as { listeners: Set<unknown> }).listeners.size)).toBe(0);
  noTrouble(opened);
});
