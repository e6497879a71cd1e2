/**
 * The widget in a real JupyterLab, driven by Chromium: JUPYTER is the command `jupyter` of an environment with JupyterLab and
 * `zukan[onnx,widget]`. Each line that the notebook prints is compared; the rest is read from the page.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { launch } from "../../scripts/browser.mjs";

const CELLS = [
  `import numpy as np
import zukan

draw = np.random.default_rng(0)
x = draw.random((200, 6, 6, 1), np.float32)
run = zukan.train((x, np.arange(200) % 3), epochs=1, out="run", latent_dim=2)
print("trained", len(x))`,
  `explorer = zukan.explorer.Explorer(run, height=600, color_by=np.arange(200) % 2 == 0)
changes = []
explorer.observe(lambda change: changes.append(len(change.new)), "selection")
explorer`,
  `explorer.selection = [3, 14, 15]
print("selected", explorer.selection.tolist())`,
  `print("from the page", len(explorer.selection), len(np.unique(explorer.selection)), changes)`,
  `explorer.color_by = np.where(x.mean((1, 2, 3)) > 0.5, "<i>light</i>", "dark")
print("colored")`,
  `both = zukan.explorer.compare(run, run, height=600)
both`,
  `both.selection = [0, 1]
print("both", both.selection.tolist())`,
];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

/** Run cell `k`, and wait until it has printed `text`. */
async function run(page: Page, k: number, text?: string): Promise<void> {
  const cell = page.locator(".jp-Notebook .jp-Cell").nth(k);
  await cell.locator(".cm-content").click();
  await page.locator('[data-command="notebook:run-cell-and-select-next"]').first().click();
  await cell.locator(".jp-InputPrompt", { hasText: /\[(\*|\d+)\]/ }).waitFor();
  if (text) await page.locator(".jp-OutputArea-output", { hasText: text }).first().waitFor({ timeout: 400_000 });
}

it("selections and colors pass both ways in JupyterLab", async () => {
  const folder = mkdtempSync(join(tmpdir(), "zukan-lab-"));
  const cells = CELLS.map((source, k) => ({ cell_type: "code", id: `c${k}`, source, metadata: {}, outputs: [], execution_count: null }));
  writeFileSync(join(folder, "notebook.ipynb"), JSON.stringify({ cells, metadata: { kernelspec: { name: "python3", display_name: "Python 3" } }, nbformat: 4, nbformat_minor: 5 }));
  const port = await freePort();
  const jupyter = process.env.JUPYTER;
  if (!jupyter) throw new Error("JUPYTER must name the command jupyter of an environment with JupyterLab and zukan[onnx,widget]");
  const lab = spawn(jupyter, ["lab", "--no-browser", "--allow-root", `--port=${port}`, "--port-retries=0", "--IdentityProvider.token=", `--ServerApp.root_dir=${folder}`], { stdio: "ignore" });
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 1000 }, locale: "en-GB" });
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    const url = `http://127.0.0.1:${port}/`;
    await expect.poll(() => fetch(`${url}api`).then(({ ok }) => ok, () => false), { timeout: 60_000 }).toBe(true);
    await page.goto(`${url}lab/tree/notebook.ipynb?reset`);
    await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor({ timeout: 400_000 }); // the kernel runs
    await run(page, 0, "trained 200");
    await run(page, 1);
    const widget = page.locator(".widget.zukan").first();
    await widget.locator(".network-status").waitFor({ state: "detached", timeout: 400_000 });
    await widget.locator(".legend .levels").waitFor();
    expect(await widget.locator(".legend .levels > *").allTextContents()).toEqual(["values", "no", "yes"]);

    await run(page, 2, "selected [3, 14, 15]");
    await widget.locator(".panel h2", { hasText: "3 items, 1.5% of all" }).waitFor();
    await widget.getByRole("button", { name: "Select all visible points" }).click();
    await widget.locator(".panel h2", { hasText: "200 items, 100% of all" }).waitFor();
    await run(page, 3, "from the page 200 200 [3, 200]");
    await run(page, 4, "colored");
    await widget.locator(".legend .levels", { hasText: "<i>light</i>" }).waitFor();

    await run(page, 5);
    await page.waitForFunction(() => document.querySelectorAll(".pair .sheet").length === 2 && !document.querySelector(".network-status"), null, { timeout: 400_000 });
    await run(page, 6, "both [0, 1]");
    await page.waitForFunction(() => [...document.querySelectorAll(".pair .panel h2:first-of-type")].filter((title) => title.textContent === "2 items, 1% of all").length === 2);
    if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
    expect(requests.filter((request) => !request.startsWith(url) && !/^(blob|data):/.test(request))).toEqual([]);
    expect(requests.filter((request) => /atlas\.json|means\.f32|explorer\.js/.test(request))).toEqual([]); // all files come through the kernel
  } finally {
    await browser.close();
    lab.kill("SIGINT");
    lab.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
});
