/** A decoded image as a button that moves the cursor to its code. */
import type { App } from "../../app.ts";
import { type Child, h } from "../../dom.ts";
import { plate } from "../parts.ts";

export interface Thumb { el: HTMLButtonElement; show(unit: Float32Array): void; name(label: string): void; press(action: () => void): void }

export function thumb(app: App, label: string, ...caption: Child[]): Thumb {
  const image = plate(app, "", "small");
  image.el.setAttribute("aria-hidden", "true");
  let action = (): void => undefined;
  const el = h("button", { type: "button", class: "item", on: { click: () => action() } }, image.el, ...caption.map((part) => h("span", { class: "thumb-name" }, part)));
  const name = (text: string): void => {
    el.setAttribute("aria-label", text);
    el.title = text;
  };
  name(label);
  return { el, show: image.show, name, press: (next) => { action = next; } };
}
