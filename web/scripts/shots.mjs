/** node scripts/shots.mjs BUNDLE OUT [FILTER]: take a screenshot of every state, on desktop and phone, light and dark. */
import { mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { launch } from "./browser.mjs";
import { host } from "./host.mjs";
import { looks, pairStates, states } from "./states.mjs";

const [bundle, out, filter = ""] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const { compare: compared } = JSON.parse(readFileSync(join(bundle, "atlas.json"), "utf8"));
const { url, close } = await host(bundle);
const browser = await launch();
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport, colorScheme, deviceScaleFactor: size === "phone" ? 2 : 1, hasTouch: size === "phone", isMobile: size === "phone" });
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && console.log(message.text()));
    page.on("pageerror", (error) => console.log("pageerror", error.message));
    for (const [name, { hash, act }] of Object.entries(compared ? pairStates : { ...states, ...looks })) {
      const file = join(out, `${basename(bundle)}-${name}-${size}-${colorScheme}.png`);
      if (!file.includes(filter)) continue;
      await page.goto("about:blank");
      await page.goto(`${url}#${hash}`);
      await page.waitForSelector(".zukan .sheet");
      await page.waitForFunction(() => !document.querySelector(".network-status"), null, { timeout: 20000 });
      await act?.(page);
      await page.waitForTimeout(900);
      await page.screenshot({ path: file });
      console.log(file);
    }
    await page.close();
  }
}
await browser.close();
await close();
