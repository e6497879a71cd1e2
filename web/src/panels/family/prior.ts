/** Draws from the prior: from N(0, I) in the page, from any other prior those that Python has made for the page. */
import type { App } from "../../app.ts";
import { button, h } from "../../dom.ts";
import { normal } from "../../math/random.ts";
import { decodeAll, section } from "../parts.ts";
import type { PanelView } from "../panel.ts";
import { rested } from "./rested.ts";
import { thumb } from "./thumb.ts";

const SHOWN = 10;

/** Return a code from the prior, under the condition that is chosen above the map. */
function priorOf(app: App): () => Promise<number[]> {
  const { dim, manifest, prior } = app.atlas;
  const draws = manifest.family?.draws;
  if (!draws || !prior) {
    const draw = normal(Math.floor(Math.random() * 2 ** 31));
    return async () => Array.from({ length: dim }, draw);
  }
  return async () => {
    const setting = draws.settings > 1 ? app.store.get().condition ?? 0 : 0;
    const at = setting * draws.count + Math.floor(Math.random() * draws.count);
    return Array.from((await prior()).subarray(at * dim, (at + 1) * dim));
  };
}

export function priorSection(app: App, move: (z: number[]) => void): PanelView {
  const t = app.words();
  const draw = priorOf(app);
  const { manifest } = app.atlas;
  const { family } = manifest;
  const thumbs = app.table ? [] : Array.from({ length: SHOWN }, (_, k) => thumb(app, t("prior.go", { n: k + 1 })));
  const note = family?.draws ? t("prior.drawn", { name: family.prior, n: t.count(family.draws.count) }) : t(manifest.score ? "prior.normal" : "prior.untrained");
  const task = rested(app, async (isLatest) => {
    const codes = await Promise.all(thumbs.map(draw));
    thumbs.forEach(({ press }, k) => press(() => move(codes[k]!)));
    await decodeAll(app, codes, app.condition(), (unit, k) => thumbs[k]!.show(unit), isLatest);
  });
  return {
    el: section(t("prior.title"), thumbs.length ? h("div", { class: "items tight" }, ...thumbs.map(({ el }) => el)) : null,
      h("div", { class: "buttons" }, button(t("prior.draw"), () => void draw().then(move, app.reportError)),
        thumbs.length ? button(t("prior.again"), () => task.request()) : null),
      h("p", { class: "note" }, note)),
    update(now, before) {
      if (thumbs.length && now.condition !== before?.condition) task.request();
    },
    stop: () => task.stop(),
  };
}
