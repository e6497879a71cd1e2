/** The page requests nothing from other origins, and executes nothing that a run contains. */
import { expect, it } from "vitest";
import { states } from "../../scripts/states.mjs";
import { makeBundle, noTrouble, openPage, picture, withBrowser } from "./page.ts";

withBrowser();

const hostile = ["<img src=x onerror=alert(1)>", "</script><script>alert(2)</script>", "\"><svg onload=alert(3)>", "javascript:alert(4)", "{{7*7}}${7*7}", "\u202eevil", "a\u0000b", ""];

it("markup in a run is shown as text in every panel", async () => {
  const markup = "<img src=x onerror=alert(5)>";
  const bundle = makeBundle({ shape: [4, 4, 1], dim: 3, count: 240, names: hostile, condition: "rows", settings: hostile, name: markup, licence: `${markup}\nlicence`, split: markup, itemName: (item) => `${item} ${hostile[item % hostile.length]}` });
  const opened = await openPage(bundle.folder);
  const { page, url } = opened;
  for (const hash of ["", "p=point&i=3", "p=path&s=i1;i2", "p=class", "p=class&a=0", "p=class&a=0,1", "p=select&r=-9,-9;9,-9;9,9;-9,9", "p=draw&i=2", "g=ja&p=class&a=2,3"]) {
    await page.goto("about:blank");
    await page.goto(`${url}#g=en&${hash}`);
    await page.waitForSelector(".network-status", { state: "detached" });
    await page.waitForTimeout(250);
    expect(await page.locator("img, svg, script:not([src]), iframe, [onerror], [onload]").count(), hash).toBe(0);
    expect(await page.locator("script").count()).toBe(1);
  }
  expect(await page.locator("h1").textContent()).toBe(markup);
  expect(await page.title()).toContain(markup);
  const texts = await page.locator(".legend .class").allTextContents();
  expect(texts).toEqual(hostile);
  expect(await page.locator(".toolbar label option").allTextContents()).toEqual(hostile);
  noTrouble(opened);
});

it("requests only its own origin, from a sub-path, under the strict policy, in every state", async () => {
  const bundle = makeBundle({ shape: [6, 6, 1], dim: 2, count: 5000, names: Array.from({ length: 10 }, (_, k) => String(k)) });
  const opened = await openPage(bundle.folder, "", {}, { prefix: "/some/where/deep/" });
  const { page, url, requests } = opened;
  expect(await page.evaluate(() => fetch("assets/explorer.css").then((response) => response.headers.get("content-security-policy")))).toContain("default-src 'none'");
  await page.evaluate(() => {
    const violations: string[] = [];
    Object.assign(window, { violations });
    document.addEventListener("securitypolicyviolation", (event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  for (const { hash, act } of Object.values(states)) {
    await page.evaluate((next) => { location.hash = next; }, hash);
    await page.waitForTimeout(200);
    await act?.(page);
  }
  expect(requests.length).toBeGreaterThan(8);
  for (const request of requests) expect(request.startsWith(url) || request.startsWith("blob:") || request.startsWith("data:,"), request).toBe(true);
  expect(await page.evaluate(() => (window as unknown as { violations: string[] }).violations)).toEqual([]);
  noTrouble(opened);
});

it("the policy in the page is as strict as the header", async () => {
  const bundle = makeBundle({ shape: [2], dim: 2, count: 20 });
  const { page } = await openPage(bundle.folder);
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
  for (const rule of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'", "form-action 'none'"]) expect(policy).toContain(rule);
  expect(policy).not.toContain("unsafe-inline");
  const blocked = await page.evaluate(() => fetch("http://127.0.0.2:9/").then(() => "sent", () => "blocked"));
  expect(blocked).toBe("blocked");
});

it("a broken bundle is reported in one sentence", async () => {
  const bundle = makeBundle({ shape: [2], dim: 2, count: 20 });
  const { rmSync, writeFileSync } = await import("node:fs");
  writeFileSync(`${bundle.folder}/models/decoder.onnx`, "no network");
  const broken = await openPage(bundle.folder, "", {}, { ready: false });
  await broken.page.waitForSelector(".network-status.broken");
  expect(await broken.page.locator(".network-status").textContent()).toContain("The networks cannot run in this browser");
  expect(await picture(broken.page, ".map .points")).toContain("data:image/png"); // the map is still shown
  rmSync(`${bundle.folder}/data/means.f32`);
  const gone = await openPage(bundle.folder, "", {}, { ready: false });
  await gone.page.waitForSelector(".failed");
  expect(await gone.page.locator(".failed p").textContent()).toContain("data/means.f32 could not be read (HTTP 404)");
});
