/**
 * node scripts/measure.mjs [--mbit N] [--rounds N] BUNDLE …: measures the page of each bundle in Chromium, in fresh pages: until the
 * first points, the whole map and the first decoded image are visible; frames while zooming and moving; until all points are drawn
 * after a movement; the image at the cursor; memory. With --mbit, files arrive as over such a network, 40 ms away.
 * `python -m benchmarks.explorer_bundle COUNT OUT` writes bundles of any size.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { launch } from "./browser.mjs";
import { host } from "./host.mjs";

const { values: options, positionals: bundles } = parseArgs({ allowPositionals: true, options: { mbit: { type: "string" }, rounds: { type: "string", default: "5" } } });
if (!bundles.length) {
  console.error("node scripts/measure.mjs [--mbit N] [--rounds N] BUNDLE …: BUNDLE is a folder that zukan explore RUN --export wrote");
  process.exit(2);
}
const LATENCY = 40; // milliseconds, with --mbit

const at = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
const show = (values) => (values.length ? `median ${at(values, 0.5).toFixed(1)}, 95 % below ${at(values, 0.95).toFixed(1)} ms` : "none");
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

for (const bundle of bundles) {
  const { count } = JSON.parse(readFileSync(join(bundle, "atlas.json"), "utf8"));
  const { points, map, image, frames, intervals: between, rest, cursor, memory: peaks } = await measure(bundle);
  console.log(`${count} points, ${options.rounds} fresh pages, 1440 × 900${options.mbit ? `, ${options.mbit} Mbit/s` : ""}`);
  console.log(`  first points visible          ${show(points)} after the address was opened`);
  console.log(`  map visible                   ${show(map)}`);
  console.log(`  first image decoded           ${show(image)}`);
  console.log(`  drawing a frame in motion     ${show(frames)}`);
  console.log(`  from frame to frame           ${show(between)}`);
  console.log(`  all points after a movement   ${show(rest)}`);
  console.log(`  from the pointer to its image ${show(cursor)}`);
  console.log(`  memory of the page            ${Math.round(at(peaks, 0.5))} MB at most`);
}
