/**
 * node scripts/members.mjs BUNDLES [OUT] [FILTER]: opens every bundle that tests/members.py wrote, in every panel, and fails if the page
 * reports an error. With OUT, takes a screenshot of each, with the whole panel.
 */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { launch } from "./browser.mjs";
import { host } from "./host.mjs";

const PANELS = ["point", "path", "class", "select", "draw", "cursor"];
const [bundles, out, filter = ""] = process.argv.slice(2);
if (!bundles) {
  console.error("node scripts/members.mjs BUNDLES [OUT] [FILTER]: BUNDLES is the folder that tests/members.py wrote");
  process.exit(2);
}
if (out) mkdirSync(out, { recursive: true });
const browser = await launch();
const failures = [];
for (const name of readdirSync(bundles).filter((entry) => entry.includes(filter))) {
  const { url, close } = await host(join(bundles, name));
  const page = await browser.newPage({ viewport: { width: 1280, height: 1500 } });
  const fail = (text) => failures.push(`${name}: ${text}`);
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && fail(message.text()));
  page.on("pageerror", (error) => fail(error.message));
  for (const panel of PANELS) {
    await page.goto("about:blank");
    await page.goto(`${url}#g=en&p=${panel}${panel === "point" ? "&i=3" : panel === "path" ? "&s=i3;i5" : panel === "class" ? "&a=1" : ""}`);
    await page.waitForFunction(() => document.querySelector(".sheet, .failed") && !document.querySelector(".network-status:not(.broken)"), null, { timeout: 20000 });
    await page.waitForTimeout(600);
    if (await page.locator(".failed, .broken, .notice:visible").count()) fail(`${panel}: ${await page.locator(".failed, .broken, .notice:visible").first().innerText()}`);
  }
  if (out) await page.screenshot({ path: join(out, `${name}.png`) });
  await page.close();
  await close();
  console.log(name);
}
await browser.close();
for (const failure of failures) console.error(failure);
process.exit(failures.length ? 1 : 0);
