/** The page agrees with Keras. ZUKAN_BUNDLES is a folder with exports NAME and their results NAME.expected.json. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type * as Explorer from "../../src/explorer.ts";
import { normal } from "../../src/math/random.ts";
import { makeBundle, openPage, withBrowser } from "./page.ts";

const CLOSE = 1e-4;
const folder = process.env.ZUKAN_BUNDLES ?? "";
const names = folder ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "atlas.json")) && existsSync(join(folder, `${name}.expected.json`))) : [];

/** Encode items under their own condition, and decode codes under `settings`, with the page's own module. */
async function compute(page: Page, z: number[][], items: number[], settings: (number | null)[] = []): Promise<{ x: number[][]; mean: number[][]; logVar: number[][]; positions: number[][] }> {
  const module = await page.evaluateHandle<typeof Explorer>('import("./assets/explorer.js")');
  return module.evaluate(async (explorer, [codes, wanted, under]) => {
    const files = explorer.fetchedFiles(document.baseURI);
    const { manifest, conditions } = await explorer.openAtlas(files);
    const engine = await explorer.openEngine(files, manifest);
    const stored = explorer.openItems(files, manifest);
    const columns = manifest.table?.columns ?? [];
    const table = manifest.table ? explorer.openTable(files, columns, manifest.count, manifest.piece_bytes) : null;
    const [low, high] = manifest.range;
    const result = { x: [] as number[][], mean: [] as number[][], logVar: [] as number[][], positions: [] as number[][] };
    for (const [i, code] of codes.entries()) result.x.push(Array.from(await engine.decode(Float32Array.from(code), 1, conditions.setting(under[i] ?? null)) as Float32Array));
    if (table) result.positions = result.x.map((row) => row.map((value, j) => explorer.positionOf(columns[j]!, explorer.unscale(columns[j]!, value))));
    for (const item of wanted) {
      const x: Float32Array = table ? Float32Array.from(await table.row(item), (value: number, j: number) => explorer.scale(columns[j]!, value)) : (await stored.unit(item)).map((value: number) => low + value * (high - low));
      const { mean, logVar } = await engine.encode(x, 1, await conditions.ofItem(item));
      result.mean.push(Array.from(mean as Float32Array));
      result.logVar.push(Array.from(logVar as Float32Array));
    }
    return result;
  }, [z, items, settings] as const);
}

function largestDifference(actual: number[][], expected: number[][]): number {
  expect(actual.length).toBe(expected.length);
  return Math.max(...actual.map((row, i) => {
    expect(row.length).toBe(expected[i]!.length);
    return Math.max(...row.map((value, j) => Math.abs(value - expected[i]![j]!)));
  }));
}

withBrowser();

describe.skipIf(names.length === 0)("exported by Python", () => {
  for (const name of names) {
    it(`${name}: decodes 100 codes and encodes 100 items like Keras`, async () => {
      const expected = JSON.parse(readFileSync(join(folder, `${name}.expected.json`), "utf8")) as { z: number[][]; x: number[][]; items: number[]; mean: number[][]; log_var: number[][]; settings: (number | null)[]; positions?: number[][] };
      expect(expected.z.length).toBeGreaterThanOrEqual(100);
      expect(expected.items.length).toBeGreaterThanOrEqual(100);
      const { page } = await openPage(join(folder, name));
      const result = await compute(page, expected.z, expected.items, expected.settings);
      const errors = [largestDifference(result.x, expected.x), largestDifference(result.mean, expected.mean), largestDifference(result.logVar, expected.log_var)];
      console.log(`${name}: decode ${errors[0]!.toExponential(1)}, mean ${errors[1]!.toExponential(1)}, log_var ${errors[2]!.toExponential(1)}`);
      if (expected.positions) errors.push(largestDifference(result.positions, expected.positions));
      for (const error of errors) expect(error).toBeLessThan(CLOSE);
    });
  }
});

it.each([
  {}, { condition: "labels" }, { condition: "rows" }, { missing: true }, { condition: "rows", missing: true },
] as const)("agrees with the closed form of a synthetic network: %o", async (options) => {
  const bundle = makeBundle({ shape: [3, 5, 4], dim: 6, count: 300, ...options });
  const { page } = await openPage(bundle.folder);
  const draw = normal(9);
  const z = Array.from({ length: 100 }, () => Array.from({ length: 6 }, draw));
  const items = Array.from({ length: 100 }, (_, i) => 2 * i);
  const settings = items.map((i) => ("condition" in options ? i % 2 : null)); // of the codes
  const result = await compute(page, z, items, settings);
  expect(largestDifference(result.x, z.map((code, i) => bundle.decode(code, settings[i] === null ? [] : bundle.setting(settings[i]!))))).toBeLessThan(CLOSE);
  expect(largestDifference(result.mean, items.map((i) => bundle.encode(bundle.item(i), bundle.ofItem(i))))).toBeLessThan(CLOSE);
  expect(largestDifference(result.logVar, items.map(() => new Array<number>(6).fill(-2)))).toBeLessThan(CLOSE);
});
