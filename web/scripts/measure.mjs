/**
 * node scripts/measure.mjs [--mbit N] [--rounds N] [--write] BUNDLE …: measures the page of each bundle in Chromium, in fresh pages: until the
 * first points, the whole map and the first decoded image are visible; frames while zooming and moving; until all points are drawn
 * after a movement; the image at the cursor; memory. With --mbit, files arrive as over such a network, 40 ms away. It prints a table;
 * --write also writes it into docs/performance.md.
 * `python -m benchmarks.explorer_bundle COUNT OUT` writes bundles of any size.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { launch } from "./browser.mjs";
import { host } from "./host.mjs";

const { values: options, positionals: bundles } = parseArgs({ allowPositionals: true, options: { mbit: { type: "string" }, rounds: { type: "string", default: "5" }, write: { type: "boolean" } } });
if (!bundles.length) {
  console.error("node scripts/measure.mjs [--mbit N] [--rounds N] [--write] BUNDLE …: BUNDLE is a folder that zukan explore RUN --export wrote");
  process.exit(2);
}
const DOCS = join(import.meta.dirname, "..", "..", "docs", "performance.md");
const LATENCY = 40; // milliseconds, with --mbit

const at = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
const show = (values) => (values.length ? `${at(values, 0.5).toFixed(at(values, 0.5) < 100 ? 1 : 0)} · ${at(values, 0.95).toFixed(at(values, 0.95) < 100 ? 1 : 0)}` : "–");
const durations = (page, name) => page.evaluate((kind) => performance.getEntriesByName(kind).map((entry) => entry.duration), name);
const first = (page, name) => page.evaluate((kind) => performance.getEntriesByName(kind)[0]?.startTime, name);

/** Peak of the memory of the page's process, in MB (Linux). */
async function memory(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const peaks = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0) / 1024);
  return Math.max(...peaks);
}

/** Record the times from frame to frame while `act` runs. */
async function intervals(page, act) {
  await page.evaluate(() => {
    const seen = [];
    Object.assign(window, { seen, watching: true });
    let last = performance.now();
    const tick = (now) => { seen.push(now - last); last = now; if (window.watching) requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
    performance.clearMeasures();
  });
  await act();
  return page.evaluate(() => { window.watching = false; return window.seen.slice(1); });
}

async function measure(folder) {
  const { url, close } = await host(folder);
  const result = { points: [], map: [], image: [], frames: [], intervals: [], rest: [], cursor: [], memory: [] };
  for (let round = 0; round < Number(options.rounds); round++) {
    const browser = await launch();
    version = browser.version().split(".")[0];
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage(); // with an empty cache
    if (options.mbit) {
      const session = await page.context().newCDPSession(page);
      const throughput = (Number(options.mbit) * 1e6) / 8;
      await session.send("Network.emulateNetworkConditions", { offline: false, latency: LATENCY, downloadThroughput: throughput, uploadThroughput: throughput });
    }
    await page.goto(url);
    await page.waitForFunction(() => performance.getEntriesByName("zukan:image").length > 0, null, { timeout: 300_000 });
    for (const kind of ["map", "image"]) result[kind].push(await first(page, `zukan:${kind}`));
    result.points.push((await first(page, "zukan:first")) ?? result.map.at(-1));
    await page.waitForTimeout(2500); // until the images of the first view are decoded
    const box = await page.locator(".map").boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    result.intervals.push(...await intervals(page, async () => {
      for (let step = 0; step < 60; step++) {
        await page.mouse.wheel(0, step < 30 ? -40 : 40);
        await page.waitForTimeout(16);
      }
      await page.mouse.down();
      for (let step = 0; step < 60; step++) {
        await page.mouse.move(x + 3 * (step < 30 ? step : 60 - step), y + 2 * step);
        await page.waitForTimeout(16);
      }
      await page.mouse.up();
    }));
    await page.waitForTimeout(1500);
    result.frames.push(...await durations(page, "zukan:frame"));
    result.rest.push(...await durations(page, "zukan:rest"));
    await page.evaluate(() => performance.clearMeasures());
    for (let step = 0; step < 60; step++) {
      await page.mouse.move(box.x + 200 + 8 * step, box.y + 200 + 4 * step);
      await page.waitForTimeout(16);
    }
    result.cursor.push(...await durations(page, "zukan:cursor"));
    result.memory.push(await memory(browser));
    await browser.close();
  }
  await close();
  return result;
}

const ROWS = {
  points: "from opening the address to the first points, ms", map: "to the map of all points, ms", image: "to the first decoded image, ms",
  frames: "drawing a frame while zooming and moving, ms", intervals: "from one frame to the next, ms", rest: "until all points are drawn after a movement, ms",
  cursor: "from the pointer to its decoded image, ms", memory: "memory of the page at most, MB",
};
const EXPORT = {
  seconds: "export, s", megabytes: "size of the export, MB", thumbnails: "of which thumbnails, MB", files: "files", memory: "memory of the export at most, MB",
};
const results = [];
let version = "";
for (const bundle of bundles) {
  const { count } = JSON.parse(readFileSync(join(bundle, "atlas.json"), "utf8"));
  const written = join(bundle, "written.json");
  results.push({ count, ...(await measure(bundle)), written: existsSync(written) ? JSON.parse(readFileSync(written, "utf8")) : null });
}
const row = (cells) => `| ${cells.join(" | ")} |`;
const table = [
  row(["", ...results.map(({ count }) => `${count.toLocaleString("en")} points`)]), row(["---", ...results.map(() => "---")]),
  ...Object.entries(ROWS).map(([key, name]) => row([name, ...results.map((result) => show(result[key]))])),
  ...(results.some(({ written }) => written) ? Object.entries(EXPORT).map(([key, name]) => row([name, ...results.map(({ written }) => (written ? Math.round(written[key]).toLocaleString("en") : "–"))])) : []),
].join("\n");
const day = new Date().toISOString().slice(0, 10);
const about = `Median · 95 % quantile of ${options.rounds} fresh pages, Chromium ${version}, headless, without a graphics card, 1440 × 900${options.mbit ? `, ${options.mbit} Mbit/s, ${LATENCY} ms away` : ""}; ${cpus().length} cores, ${cpus()[0]?.model}; ${day}.`;
console.log(`${table}\n\n*${about}*`);
if (options.write) {
  const page = readFileSync(DOCS, "utf8");
  const part = /<!-- explorer -->[^]*<!-- \/explorer -->/;
  if (!part.test(page)) throw new Error(`${DOCS} must contain <!-- explorer --> and <!-- /explorer -->`);
  writeFileSync(DOCS, page.replace(part, () => `<!-- explorer -->\n${table}\n\n*${about}*\n<!-- /explorer -->`));
}
