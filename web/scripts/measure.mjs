/**
 * node scripts/measure.mjs BUNDLE [COUNT …]: measures times in Chromium with the first COUNT items of the bundle (by default
 * 10 000 and 70 000): until the map is visible, until the first image is decoded, frames while zooming, the image at the cursor.
 */
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch } from "./browser.mjs";
import { host } from "./host.mjs";

const ROUNDS = 5;
const [bundle, ...counts] = process.argv.slice(2);
if (!bundle) {
  console.error("node scripts/measure.mjs BUNDLE [COUNT …]: BUNDLE is a folder that zukan explore RUN --export wrote");
  process.exit(2);
}

/** Copy the bundle with only its first `count` items. */
function firstItems(count) {
  const folder = mkdtempSync(join(tmpdir(), "zukan-measure-"));
  cpSync(bundle, folder, { recursive: true });
  const atlas = JSON.parse(readFileSync(join(folder, "atlas.json"), "utf8"));
  if (count > atlas.count) throw new Error(`${bundle} has only ${atlas.count} items, fewer than ${count}`);
  const size = atlas.event_shape.reduce((a, b) => a * b, 1);
  const cut = { "means.f32": 4 * atlas.latent_dim, "log_var.f32": 4 * atlas.latent_dim, "labels.i32": 4, "rows.i32": 4, "score.f32": 4, "umap.f32": 8, "condition.f32": 4 * (atlas.condition?.width ?? 0) };
  for (const name of readdirSync(join(folder, "data"))) if (cut[name]) truncateSync(join(folder, "data", name), cut[name] * count);
  const bytes = { u8: 1, u16: 2, f32: 4, f64: 8 };
  atlas.table?.columns.forEach(({ cells }, k) => truncateSync(join(folder, "data", `column-${String(k).padStart(5, "0")}.${cells}`), bytes[cells] * count));
  for (const [scale, { clusters }] of (atlas.structure?.clusters?.scales ?? []).entries()) {
    truncateSync(join(folder, "data", `clusters-${scale}.u8`), count);
    for (const cluster of clusters) cluster.item = Math.min(cluster.item, count - 1);
  }
  const last = Math.floor((count - 1) / atlas.items.per_file);
  if (!atlas.table) truncateSync(join(folder, "data", `items-${String(last).padStart(5, "0")}.u8`), (count - last * atlas.items.per_file) * size);
  writeFileSync(join(folder, "atlas.json"), JSON.stringify({ ...atlas, count, splits: [{ name: "first", count }] }));
  if (atlas.names) writeFileSync(join(folder, "data", "names.json"), JSON.stringify(JSON.parse(readFileSync(join(folder, "data", "names.json"), "utf8")).slice(0, count)));
  return folder;
}

const at = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
const show = (values) => `median ${at(values, 0.5).toFixed(1)}, 95 % below ${at(values, 0.95).toFixed(1)} ms`;
const durations = (page, name) => page.evaluate((kind) => performance.getEntriesByName(kind).map((entry) => entry.duration), name);

async function measure(browser, folder) {
  const { url, close } = await host(folder);
  const result = { map: [], image: [], frames: [], intervals: [], cursor: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } }); // with an empty cache
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForFunction(() => performance.getEntriesByName("zukan:image").length > 0, null, { timeout: 60000 });
    for (const kind of ["map", "image"]) result[kind].push(await page.evaluate((name) => performance.getEntriesByName(name)[0].startTime, `zukan:${kind}`));
    await page.waitForTimeout(2500); // until the images of the first view are decoded
    const box = await page.locator(".map").boundingBox();
    await page.evaluate(() => {
      const seen = [];
      Object.assign(window, { seen });
      let last = performance.now();
      const tick = (now) => { seen.push(now - last); last = now; requestAnimationFrame(tick); };
      requestAnimationFrame(tick);
      performance.clearMeasures();
    });
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    for (let step = 0; step < 60; step++) {
      await page.mouse.wheel(0, step < 30 ? -40 : 40);
      await page.waitForTimeout(16);
    }
    result.frames.push(...await durations(page, "zukan:frame"));
    result.intervals.push(...await page.evaluate(() => window.seen.splice(0)));
    await page.waitForTimeout(1500);
    await page.evaluate(() => performance.clearMeasures());
    for (let step = 0; step < 60; step++) {
      await page.mouse.move(box.x + 200 + 8 * step, box.y + 200 + 4 * step);
      await page.waitForTimeout(16);
    }
    result.cursor.push(...await durations(page, "zukan:cursor"));
    await context.close();
  }
  await close();
  return result;
}

const browser = await launch();
for (const count of counts.length ? counts.map(Number) : [10_000, 70_000]) {
  const folder = firstItems(count);
  const { map, image, frames, intervals, cursor } = await measure(browser, folder);
  console.log(`${count} points, ${ROUNDS} fresh pages, Chromium ${browser.version()}, 1440 × 900`);
  console.log(`  map visible                   ${show(map)} after the address was opened`);
  console.log(`  first image decoded           ${show(image)}`);
  console.log(`  drawing a frame while zooming ${show(frames)}`);
  console.log(`  from frame to frame           ${show(intervals)}`);
  console.log(`  from the pointer to its image ${show(cursor)}`);
  rmSync(folder, { recursive: true });
}
await browser.close();
