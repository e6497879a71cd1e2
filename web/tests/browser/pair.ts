/** Two synthetic bundles of the same items in one, as Python writes them to compare two runs; and a notebook around the page. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import type { Frame, Page } from "playwright-core";
import { PAGE } from "../../scripts/host.mjs";
import { makeBundle } from "./page.ts";
import type { BundleOptions, Synthetic } from "./synthetic.ts";

/** The items of the second bundle are in reverse order, since runs may split the same data differently. */
export function makePair(options: BundleOptions, other: Partial<BundleOptions> = {}): [Synthetic, Synthetic] {
  const first = makeBundle({ name: "first", ...options });
  const second = makeBundle({ ...options, name: "second", rowOf: (item) => options.count - 1 - item, ...other });
  cpSync(second.folder, join(first.folder, "compare"), { recursive: true });
  writeFileSync(join(first.folder, "atlas.json"), JSON.stringify({ ...first.manifest, compare: true }));
  return [first, second];
}

/**
 * A notebook's page as strict as any: the widget runs in a frame of an opaque origin, its module comes from a blob, the policy allows
 * no connection at all, and everything comes as messages. `python(name, value)` sets a value of the model, `state` holds what the widget set.
 */
const NOTEBOOK = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>notebook</title><body><script>
const policy = "default-src 'none'; script-src 'unsafe-inline' blob: 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src blob: data:; connect-src 'none'";
const inside = ${JSON.stringify(readFileSync(join(import.meta.dirname, "notebook-frame.js"), "utf8"))};
const frame = Object.assign(document.createElement("iframe"), { sandbox: "allow-scripts", width: 1200, height: 640,
  srcdoc: '<!doctype html><meta http-equiv="Content-Security-Policy" content="' + policy + '"><body><script>' + inside + '</' + 'script>' });
window.state = { height: 600, selection: null, _colors: {} };
window.violations = [];
window.python = (name, value) => { state[name] = value; frame.contentWindow.postMessage({ kind: "change", name, value }, "*"); };
addEventListener("message", async ({ data }) => {
  const { kind, path, name, value } = data;
  if (kind === "violation") violations.push(path);
  if (kind === "set") state[name] = value;
  if (kind === "read") frame.contentWindow.postMessage({ kind: "file", path, bytes: await (await fetch(path)).arrayBuffer() }, "*");
  if (kind === "ready") {
    const [module, style] = await Promise.all(["assets/explorer.js", "assets/explorer.css"].map(async (file) => (await fetch(file)).text()));
    frame.contentWindow.postMessage({ kind: "module", module, style, state }, "*");
  }
});
document.body.append(frame);
</script>`;

/** Serve that page and a bundle, and open it; `frame` contains the widget. */
export async function openNotebook(page: Page, bundle: string): Promise<{ frame: Frame; close(): void }> {
  const server = createServer((request, response) => {
    const path = request.url!.slice(1);
    if (path === "") return response.setHeader("Content-Type", "text/html").end(NOTEBOOK);
    try {
      return response.end(readFileSync(join(path.startsWith("assets/") ? PAGE : bundle, path)));
    } catch {
      return response.writeHead(404).end();
    }
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  await page.goto(`http://127.0.0.1:${(server.address() as { port: number }).port}/`);
  const frame = await (await page.waitForSelector("iframe")).contentFrame();
  await frame!.waitForSelector(".zukan .sheet");
  await frame!.waitForSelector(".network-status", { state: "detached" });
  return { frame: frame!, close: () => { server.closeAllConnections(); server.close(); } };
}
