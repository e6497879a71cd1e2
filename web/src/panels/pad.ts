/** An area to draw an item with mouse, finger or keyboard. */
import type { App } from "../app.ts";
import { byteOf } from "../bundle/levels.ts";
import { button, canvas, context, fill, h } from "../dom.ts";
import { hex } from "../look/colour.ts";
import { strokeOn } from "../look/brush.ts";
import { background } from "../look/picture.ts";
import { choices } from "./parts.ts";

type Tool = "pen" | "eraser" | "missing";

export function drawingPad(app: App): { el: HTMLElement; show(values: Uint8Array | null): void } {
  const { store } = app;
  const t = app.words();
  const { width, height, channels, print } = app.painter();
  const { top, missing } = app.levels;
  const empty = background(print, app.levels, channels);
  const pad = canvas(width, height, { class: "pad", tabindex: "0", role: "application", "aria-label": `${t("draw.pad", { size: `${width} × ${height}` })}. ${t("draw.keyboard")}` });
  const size = h("input", { type: "range", min: 0.4, max: Math.max(3, width / 7), step: 0.1, value: Math.max(0.9, width / 24), "aria-label": t("draw.size") });
  const colour = h("input", { type: "color", value: "#ffffff", "aria-label": t("draw.colour") });
  const tool = h("div", null);
  let used: Tool = "pen";
  let last: [number, number] | null = null;
  const keyboardPen = { x: width / 2, y: height / 2, down: false, visible: false };

  function tools(): void {
    const options: (readonly [Tool, string])[] = [["pen", t("draw.pen")], ["eraser", t("draw.eraser")]];
    if (missing !== null) options.push(["missing", t("draw.missing")]);
    fill(tool, choices(t("draw.title"), options, used, (kind) => {
      used = kind;
      tools();
    }));
  }

  function ink(): number[] | null {
    if (used === "missing") return null;
    const erasing = used === "eraser";
    if (channels === 1) return [erasing ? empty : top - empty];
    const rgb = erasing ? [0, 0, 0] : hex(colour.value).map((value) => byteOf(value / 255, app.levels));
    return channels === 4 ? [...rgb, erasing ? 0 : top] : rgb;
  }

  function line(from: [number, number], to: [number, number]): void {
    const values = store.get().drawing?.slice() ?? new Uint8Array(width * height * channels).fill(empty);
    strokeOn({ values, width, height, channels, ground: empty, levels: app.levels }, { radius: Number(size.value), colour: ink() }, ...from, ...to);
    store.set({ drawing: values });
  }

  const at = (event: PointerEvent): [number, number] => {
    const box = pad.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height];
  };
  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    pad.setPointerCapture(event.pointerId);
    last = at(event);
    line(last, last);
  });
  pad.addEventListener("pointermove", (event) => {
    if (!last) return;
    const now = at(event);
    line(last, now);
    last = now;
  });
  for (const name of ["pointerup", "pointercancel"] as const) pad.addEventListener(name, () => { last = null; });
  pad.addEventListener("keydown", (event) => {
    const move = ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] } as Record<string, [number, number]>)[event.key];
    if (!move && event.key !== " ") return;
    event.preventDefault();
    const from: [number, number] = [keyboardPen.x, keyboardPen.y];
    keyboardPen.visible = true;
    if (move) [keyboardPen.x, keyboardPen.y] = [Math.min(width, Math.max(0, keyboardPen.x + move[0])), Math.min(height, Math.max(0, keyboardPen.y + move[1]))];
    else keyboardPen.down = !keyboardPen.down;
    if (keyboardPen.down) line(from, [keyboardPen.x, keyboardPen.y]);
    else show(store.get().drawing);
  });
  pad.addEventListener("blur", () => {
    keyboardPen.visible = false;
    show(store.get().drawing);
  });

  function show(values: Uint8Array | null): void {
    const on = context(pad);
    const unit = app.unit(values ?? new Uint8Array(width * height * channels).fill(empty));
    on.putImageData(app.painter().paint(unit, 0, app.look()), 0, 0);
    if (!keyboardPen.visible) return;
    on.fillStyle = `rgb(${app.look().seal.join(" ")} / ${keyboardPen.down ? 1 : 0.6})`;
    on.fillRect(Math.floor(keyboardPen.x), Math.floor(keyboardPen.y), 1, 1);
  }

  tools();
  return {
    show,
    el: h("div", { class: "drawing" }, pad, h("div", { class: "row" }, tool, h("label", null, t("draw.size"), size),
      channels > 1 ? h("label", null, t("draw.colour"), colour) : null, button(t("draw.clear"), () => store.set({ drawing: null })))),
  };
}
