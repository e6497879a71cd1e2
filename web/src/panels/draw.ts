/** Draw an item, or drop a picture: it is encoded here and lands on the map among its neighbours. */
import { button, fill, h } from "../dom.ts";
import { inverted } from "../look/picture.ts";
import { centred } from "../math/centre.ts";
import { nearest } from "../math/neighbours.ts";
import { drawingPad } from "./pad.ts";
import type { PanelMaker } from "./panel.ts";
import { decodeAll, figure, itemButton, newest, plate, section } from "./parts.ts";
import { valueSliders } from "./values.ts";
import { takePicture } from "./take.ts";

const NEIGHBOURS = 12;

export const drawPanel: PanelMaker = (app, desk) => {
  const { store, atlas } = app;
  const t = app.words();
  const image = app.painter().image;
  const step = newest();
  const [yours, back] = [plate(app, t("draw.yours")), plate(app, t("draw.back"))];
  const votes = h("p", { class: "about" });
  const near = h("div", { class: "items" });
  const found = h("div", { hidden: true }, h("div", { class: "plates two" }, figure(yours.el, t("draw.yours")), figure(back.el, t("draw.back"))),
    votes, section(t("draw.neighbours"), near));
  const source = store.get().item ?? 0;
  const surface = image ? drawingPad(app) : valueSliders(app);
  const file = h("input", { type: "file", accept: "image/*", class: "unseen", tabindex: "-1", "aria-hidden": "true", on: { change: () => file.files?.[0] && void takePicture(app, file.files[0]) } });
  const size = atlas.manifest.event_shape.slice(0, 2).reverse().join(" × ");
  const el = h("div", null, surface.el,
    h("div", { class: "buttons" },
      image ? button(t("draw.file"), () => file.click()) : null,
      button(t("draw.from", { n: t.count(source) }), () => void app.items.bytes(source).then((bytes) => store.set({ drawing: bytes.slice() }), app.failed)),
      image && app.painter().channels === 1 ? button(t("draw.invert"), () => {
        const { drawing } = store.get();
        if (drawing) store.set({ drawing: inverted(drawing) });
      }) : null),
    file, found, h("p", { class: "hint" }, image ? [t("draw.drop"), t("draw.note", { size }), app.centring && t("draw.centred"), t("draw.keyboard")].filter(Boolean).join(" ") : t("draw.vector")));

  let later = 0;
  async function encode(drawing: Uint8Array | null): Promise<void> {
    const current = step();
    found.hidden = drawing === null;
    if (!drawing) return desk.find({ drawn: null, neighbours: [] });
    const { width, height } = app.painter();
    const item = app.centring ? centred(drawing, width, height) : drawing;
    yours.show(Float32Array.from(item, (value) => value / 255));
    const engine = await app.engine;
    const { mean } = await engine.encode(app.toData(item), 1);
    if (!current()) return;
    const z = Array.from(mean);
    const around = nearest(atlas.means, atlas.dim, z, NEIGHBOURS).map(({ item }) => item);
    desk.find({ drawn: z, neighbours: around });
    store.set({ z, held: true });
    await decodeAll(app, [z], back.show, current);
    clearTimeout(later); // neighbours come from files: not for every pixel of a stroke
    later = window.setTimeout(() => {
      fill(near, ...around.map((item) => itemButton(app, item)));
      votes.textContent = reading(around);
      app.say(votes.textContent);
    }, 150);
  }

  function reading(around: number[]): string {
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
      if (now.drawing === before?.drawing) return;
      surface.show(now.drawing);
      encode(now.drawing).catch(app.failed);
    },
    stop() {
      clearTimeout(later);
      step();
    },
  };
};
