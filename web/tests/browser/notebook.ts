/** What the widget must do in every notebook and browser. */
import type { Frame, Page } from "playwright-core";
import { expect } from "vitest";

export interface Notebook { python(name: string, value: unknown): void; state: Record<string, DataView>; violations: string[] }

/** `frame` contains the widget of 400 items, whose rows begin at 1000. */
export async function followsPython(page: Page, frame: Frame): Promise<void> {
  const selectedInPython = (): Promise<number[]> => page.evaluate(() => {
    const view = (window as unknown as Notebook).state.selection;
    return view ? Array.from(new Int32Array(view.buffer, view.byteOffset, view.byteLength / 4)) : [];
  });
  const title = (): Promise<string | null> => frame.locator(".panel h2").first().textContent();
  await page.evaluate(() => (window as unknown as Notebook).python("selection", new DataView(Int32Array.of(1005, 1010, 1399).buffer)));
  await frame.getByRole("tab", { name: "Select", selected: true }).waitFor();
  expect(await title()).toBe("3 items, 0.8% of all");
  await frame.getByRole("button", { name: "Select all visible points" }).click();
  await expect.poll(selectedInPython).toHaveLength(400);
  expect((await selectedInPython())[0]).toBe(1000);
  await frame.getByRole("button", { name: "Clear" }).click();
  await expect.poll(selectedInPython).toEqual([]);
  await page.evaluate(() => (window as unknown as Notebook).python("selection", new DataView(Int32Array.of(1000, 7).buffer))); // no item has row 7
  await expect.poll(title).toBe("1 item");

  await page.evaluate(() => (window as unknown as Notebook).python("_colors", { name: "score" }));
  await frame.locator(".legend .amounts").waitFor();
  const column = { name: "<b>mark</b>", kind: "category", levels: ["low", "high"], decimals: null, low: null, high: null, stored: "text", form: "", offset: 0, factor: 1, quantiles: null, cells: "u8" };
  await page.evaluate((about) => (window as unknown as Notebook).python("_colors", { column: about, cells: new DataView(new Uint8Array(400).fill(1).fill(255, 0, 9).buffer) }), column);
  await frame.locator(".legend .levels").waitFor();
  expect(await frame.locator(".legend .levels > *").allTextContents()).toEqual(["<b>mark</b>", "low", "high", "missing"]);
  expect(await frame.getByRole("button", { name: "<b>mark</b>" }).getAttribute("aria-pressed")).toBe("true");
  expect(await page.evaluate(() => (window as unknown as Notebook).violations)).toEqual([]);
}
