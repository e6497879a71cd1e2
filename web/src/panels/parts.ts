/** Elements that panels share: framed images, buttons of items, sections, and cancellation of outdated tasks. */
import type { App } from "../app.ts";
import type { Row } from "../bundle/conditions.ts";
import { countMissing } from "../bundle/levels.ts";
import { type Child, canvas, context, h } from "../dom.ts";
import { type Rgb, classColours, css } from "../look/colour.ts";
import { openItem } from "../map/actions.ts";

export interface Plate { el: HTMLCanvasElement; show(unit: ArrayLike<number> | null): void }

/** A framed image; `label` describes it to screen readers. */
export function plate(app: App, label: string, kind: "large" | "middle" | "small" = "middle"): Plate {
  const painter = app.painter();
  const el = canvas(painter.width, painter.height, { class: `plate ${kind} ${painter.image ? "" : "bars"}`, role: "img", "aria-label": label });
  return {
    el,
    show(unit) {
      const on = context(el);
      if (unit) on.putImageData(painter.paint(unit, 0, app.look()), 0, 0);
      else on.clearRect(0, 0, el.width, el.height);
      el.title = unit ? missingText(app, unit) : "";
      el.setAttribute("aria-label", [label, el.title].filter(Boolean).join(". "));
    },
  };
}

/** Return a function that starts a task and returns whether it is still the latest one, so that outdated results are dropped. */
export function latestTask(): () => () => boolean {
  let latest = 0;
  return () => {
    const task = ++latest;
    return () => task === latest;
  };
}

/** How many of an item's values are missing; empty if none is. */
export function missingText(app: App, unit: ArrayLike<number>): string {
  const t = app.words();
  const count = countMissing(unit);
  return count === 0 ? "" : t("missing.count", { n: t.count(count), all: t.count(unit.length) });
}

/** A square with the pattern of missing values. */
export const missingSwatch = (): HTMLElement => h("span", { class: "swatch missing", "aria-hidden": "true" });

export function figure(picture: HTMLElement, ...caption: Child[]): HTMLElement {
  return h("figure", { class: "figure" }, picture, h("figcaption", null, ...caption));
}

/** Decode codes under the condition `row` and show their images, with values in 0…1, one after the other. */
export async function decodeAll(app: App, codes: number[][], row: Row, show: (unit: Float32Array, at: number) => void, isLatest: () => boolean): Promise<void> {
  const engine = await app.engine;
  for (let start = 0; start < codes.length && isLatest(); start += 8) {
    const part = codes.slice(start, start + 8);
    const images = app.toUnit(await engine.decode(Float32Array.from(part.flat()), part.length, row));
    if (!isLatest()) return;
    part.forEach((_, i) => show(images.subarray(i * app.size, (i + 1) * app.size), start + i));
  }
}

/** What an item is called, and its class. */
export function itemLabel(app: App, item: number): string {
  const t = app.words();
  const k = app.classOf(item);
  const n = app.atlas.ids.of(item);
  return k === null ? t("item.label", { n }) : t("item.label.class", { n, name: app.className(k) });
}

export function dot(colour: Rgb): HTMLElement {
  const el = h("span", { class: "swatch", "aria-hidden": "true" });
  el.style.backgroundColor = css(colour);
  return el;
}

/** A dot in the color of a class. */
export const swatch = (app: App, k: number): HTMLElement => dot(classColours(app.atlas.names.length, app.look().dark)[k]!);

/** A button that shows an item and opens it. */
export function itemButton(app: App, item: number, press: (item: number) => void = (i) => app.store.set(openItem(app, i))): HTMLElement {
  const image = plate(app, "", "small");
  image.el.setAttribute("aria-hidden", "true");
  app.items.unit(item).then(image.show, app.reportError);
  const k = app.classOf(item);
  const label = itemLabel(app, item);
  return h("button", { type: "button", class: "item", "aria-label": label, title: label, on: { click: () => press(item) } },
    image.el, k === null ? null : h("span", { class: "item-class" }, swatch(app, k), h("span", { class: "clip" }, app.className(k))),
    app.table && k === null ? h("span", { class: "item-class" }, h("span", { class: "clip" }, app.atlas.ids.of(item))) : null);
}

/** A row of buttons, one of which is pressed. */
export function choices<T extends string>(label: string, options: readonly (readonly [T, string])[], now: T, choose: (value: T) => void): HTMLElement {
  const buttons = options.map(([value, text]) =>
    h("button", { type: "button", class: "choice", "aria-pressed": String(value === now), on: { click: () => choose(value) } }, text));
  return h("div", { class: "choices", role: "group", "aria-label": label }, ...buttons);
}

export function section(title: string, ...children: Child[]): HTMLElement {
  return h("section", null, h("h2", { class: "sub" }, title), ...children);
}
