/** The draw panel: a drawing or an image file is encoded and shown on the map with its nearest neighbors. */
import { button, fill, h } from "../dom.ts";
import { inverted } from "../look/picture.ts";
import { centred } from "../math/centre.ts";
import { nearest } from "../math/neighbours.ts";
import type { State } from "../state/state.ts";
import { drawingPad } from "./pad.ts";
import type { PanelMaker } from "./panel.ts";
import { gallery } from "./gallery.ts";
import { decodeAll, itemButton, latestTask, section } from "./parts.ts";
import { valueSliders } from "./values.ts";
import { openPicture } from "./open-picture.ts";

const NEIGHBOURS = 12;

export const drawPanel: PanelMaker = (app, host) => {
  const { store, atlas } = app;
  const t = app.words();
  const image = app.painter().image;
  const { missing } = atlas.manifest;
  const startTask = latestTask();
  const own = t(image ? "draw.yours" : "draw.yours.values");
  const pictures = gallery(app, [{ text: own, decoded: true }, { text: t("draw.back"), decoded: true }]);
  const votes = h("p", { class: "about" });
  const near = h("div", { class: "items" });
  const results = h("div", { hidden: true }, pictures.el, votes, section(t("draw.neighbours"), near));
  const source = store.get().item ?? atlas.ids.beside(null, 1);
  const surface = image ? drawingPad(app) : valueSliders(app);
  const file = h("input", { type: "file", accept: "image/*", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true", on: { change: () => file.files?.[0] && void openPicture(app, file.files[0]) } });
  const size = atlas.manifest.event_shape.slice(0, 2).reverse().join(" × ");
  const isPhoto = image && app.painter().channels === 3; // a drawing from scratch is unlike all photos
  const lead = h("p", { class: "lead" }, t("draw.photo"));
  const el = h("div", null, isPhoto ? lead : null, surface.el,
    h("div", { class: "buttons" },
      image ? button(t("draw.file"), () => file.click()) : null,
      button(t("draw.from", { n: atlas.ids.of(source) }), () => void app.items.bytes(source).then((bytes) => store.set({ drawing: bytes.slice() }), app.reportError)),
      image && app.painter().channels === 1 ? button(t("draw.invert"), () => {
        const { drawing } = store.get();
        if (drawing) store.set({ drawing: inverted(drawing, app.levels) });
      }) : null),
    file, results, h("p", { class: "hint" }, image ? [t(isPhoto ? "draw.drop.photo" : "draw.drop"), t("draw.note", { size }), app.centring && t("draw.centred"), missing && t("draw.missing.note"), t("draw.keyboard")].filter(Boolean).join(" ")
      : [t(app.table ? "draw.row" : "draw.vector"), missing && t("draw.vector.missing")].filter(Boolean).join(" ")));

  let timer = 0;
  async function encode({ drawing, condition }: State): Promise<void> {
    const isLatest = startTask();
    results.hidden = drawing === null;
    if (!drawing) return host.showOnMap({ drawn: null, neighbours: [] });
    const { width, height } = app.painter();
    const item = app.centring ? centred(drawing, width, height, app.levels) : drawing;
    pictures.show(0, app.unit(item));
    const engine = await app.engine;
    const row = app.atlas.conditions.setting(condition);
    const { mean } = await engine.encode(app.toData(item), 1, row);
    if (!isLatest()) return;
    const z = Array.from(mean);
    const around = nearest(atlas.means, atlas.dim, z, NEIGHBOURS, app.isVisible).map(({ item }) => item);
    host.showOnMap({ drawn: z, neighbours: around });
    store.set({ z, pinned: true });
    await decodeAll(app, [z], row, (unit) => pictures.show(1, unit), isLatest);
    clearTimeout(timer); // the images of neighbors are read from files, so not for every pixel of a stroke
    timer = window.setTimeout(() => {
      fill(near, ...around.map((item) => itemButton(app, item)));
      votes.textContent = votesOf(around);
      app.announce(votes.textContent);
    }, 150);
  }

  function votesOf(around: number[]): string {
    const counts = new Map<number, number>();
    for (const item of around) {
      const k = app.classOf(item);
      if (k !== null) counts.set(k, (counts.get(k) ?? 0) + 1);
    }
    const [most] = [...counts].sort((a, b) => b[1] - a[1]);
    return most ? t("draw.votes", { name: app.className(most[0]), n: most[1], all: around.length }) : "";
  }

  return {
    el,
    update(now, before) {
      if (now.drawing === before?.drawing && now.condition === before.condition) return;
      surface.show(now.drawing);
      surface.el.hidden = isPhoto && now.drawing === null;
      lead.hidden = !surface.el.hidden;
      encode(now).catch(app.reportError);
    },
    stop() {
      clearTimeout(timer);
      startTask();
    },
  };
};
