/** The path panel: the frames between stops as a filmstrip, an animation and files. */
import { button, canvas, context, fill, h } from "../dom.ts";
import { prefersReducedMotion } from "../look/theme.ts";
import { download, fileName } from "../save/download.ts";
import { DELAY, gifOf, pngOf } from "../save/film.ts";
import type { State } from "../state/state.ts";
import type { PanelMaker } from "./panel.ts";
import { exampleStops } from "./example.ts";
import { gallery } from "./gallery.ts";
import { choices, decodeAll, latestTask, plate } from "./parts.ts";

const MAX_FRAMES = 96;

export const pathPanel: PanelMaker = (app) => {
  const { store } = app;
  const t = app.words();
  const startTask = latestTask();
  const painter = app.painter();
  const caption = h("figcaption", null);
  const large = app.table ? null : plate(app, t("path.frame"), "large");
  const card = app.table ? gallery(app, [{ text: t("card.decoded"), decoded: true }]) : null;
  const film = h("div", { class: "film", role: "group", "aria-label": t("path.strip"), tabindex: "0" });
  const stops = h("ol", { class: "stops", "aria-label": t("path.stops") });
  const scrub = h("input", { type: "range", min: 0, step: 1, "aria-label": t("path.frame"), on: { input: () => store.set({ frame: Number(scrub.value), playing: false }) } });
  const play = button("", () => toggle(), { class: "primary" });
  const pen = button("", () => store.set({ pen: !store.get().pen }));
  const curve = h("div", null);
  const frames = h("input", { type: "range", min: 3, max: MAX_FRAMES, step: 1, "aria-label": t("path.frames"), on: { input: () => store.set({ frames: Number(frames.value), frame: 0 }) } });
  const count = h("output", null);
  const player = h("div", null,
    h("figure", { class: "figure" }, large?.el, caption), h("div", { class: "row player" }, play, scrub), film, card?.el,
    h("div", { class: "row" }, curve, h("label", { class: "grow" }, t("path.frames"), frames, count)),
    h("div", { class: "buttons" }, button(t("path.png"), () => void save("png")), button(t("path.gif"), () => void save("gif")),
      button(t("path.reverse"), () => store.set({ stops: [...store.get().stops].reverse() })),
      button(t("path.clear"), () => store.set({ stops: [], frame: 0, playing: false }))));
  const lead = h("p", { class: "lead" }, t("path.empty"));
  const el = h("div", null, lead, h("div", { class: "row" }, pen, button(t("path.example"), example)), stops, player);
  let images: Float32Array[] = [];
  let plates: HTMLCanvasElement[] = [];
  let timer = 0;

  function example(): void {
    store.set({ stops: exampleStops(app), frame: 0, playing: !prefersReducedMotion() });
  }

  function toggle(): void {
    const { playing, frame } = store.get();
    store.set({ playing: !playing, frame: !playing && frame >= images.length - 1 ? 0 : frame });
  }

  function tick(): void {
    const { frame, playing } = store.get();
    if (!playing) return;
    if (images.length > 1) store.set({ frame: (frame + 1) % images.length });
    timer = window.setTimeout(tick, DELAY);
  }

  async function save(kind: "png" | "gif"): Promise<void> {
    try {
      const { paper } = app.look();
      const pages = images.map((unit) => painter.paint(unit, 0, app.look()));
      if (pages.length === 0) return;
      download(kind === "png" ? await pngOf(pages, paper) : gifOf(pages, paper), `${fileName(app.atlas.manifest.name, "path")}.${kind}`);
    } catch (error) {
      app.reportError(error);
    }
  }

  function showStops(now: State): void {
    const remove = (k: number): void => store.set({ stops: store.get().stops.filter((_, at) => at !== k), frame: 0 });
    const pictures = now.stops.map(() => plate(app, "", "small"));
    pictures.forEach((picture) => picture.el.setAttribute("aria-hidden", "true"));
    fill(stops, ...now.stops.map((stop, k) => {
      const label = "item" in stop ? t("path.stop.remove.item", { n: k + 1, item: app.atlas.ids.of(stop.item) }) : t("path.stop.remove", { n: k + 1 });
      return h("li", null, h("button", { type: "button", class: "item", "aria-label": label, title: label, on: { click: () => remove(k) } },
        pictures[k]!.el, h("span", { class: "item-class" }, String(k + 1), " ×")));
    }));
    decodeAll(app, now.stops.map(app.stopCode), app.condition(), (unit, k) => pictures[k]!.show(unit),
      () => store.get().stops === now.stops && store.get().condition === now.condition).catch(app.reportError);
  }

  async function showFilm(): Promise<void> {
    const isLatest = startTask();
    const codes = app.path();
    images = [];
    plates = codes.map((_, k) => canvas(painter.width, painter.height, { class: "plate", "aria-hidden": "true", on: { click: () => store.set({ frame: k, playing: false }) } }));
    fill(film, ...plates);
    await decodeAll(app, codes, app.condition(), (unit, k) => {
      images[k] = unit.slice();
      context(plates[k]!).putImageData(painter.paint(unit, 0, app.look()), 0, 0);
      if (k === store.get().frame) showFrame(k);
    }, isLatest);
  }

  function showFrame(frame: number): void {
    large?.show(images[frame] ?? null);
    card?.show(0, images[frame] ?? null);
    caption.textContent = t("path.frame.of", { n: frame + 1, all: plates.length });
    plates.forEach((plate, k) => plate.classList.toggle("now", k === frame));
    const current = plates[frame];
    if (current) film.scrollLeft = current.offsetLeft - film.offsetLeft - film.clientWidth / 2;
  }

  return {
    el,
    update(now, before) {
      const path = now.stops !== before?.stops || now.frames !== before.frames || now.curve !== before.curve || now.condition !== before.condition;
      if (now.stops !== before?.stops || now.condition !== before.condition) showStops(now);
      if (path) {
        lead.hidden = now.stops.length > 1;
        player.hidden = now.stops.length < 2;
        [frames.value, count.textContent, scrub.max] = [String(now.frames), String(now.frames), String(now.frames - 1)];
        showFilm().catch(app.reportError);
      }
      if (path || now.frame !== before.frame) {
        scrub.value = String(now.frame);
        showFrame(now.frame);
      }
      if (now.curve !== before?.curve) {
        fill(curve, choices(t("path.curve"), [["straight", t("path.straight")], ["spherical", t("path.spherical")]] as const, now.curve, (kind) => store.set({ curve: kind })));
      }
      if (now.playing !== before?.playing) {
        play.textContent = t(now.playing ? "path.pause" : "path.play");
        clearTimeout(timer);
        if (now.playing) timer = window.setTimeout(tick, DELAY);
      }
      if (now.pen !== before?.pen) {
        pen.textContent = t(now.pen ? "path.pen.on" : "path.pen");
        pen.setAttribute("aria-pressed", String(now.pen));
      }
    },
    stop: () => clearTimeout(timer),
  };
};
