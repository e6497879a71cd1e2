/** Images in which only one piece of z differs from the cursor: a layer, a variable, a sphere. */
import type { App } from "../../app.ts";
import { h } from "../../dom.ts";
import { type Placed, partOf, placed, withClass, withPart } from "../../model/pieces.ts";
import { uniform } from "../../math/random.ts";
import { decodeAll, section } from "../parts.ts";
import type { PanelView } from "../panel.ts";
import { pieceNames } from "./piece-names.ts";
import { rested } from "./rested.ts";
import { thumb } from "./thumb.ts";

const ITEMS = 5; // that lend their part
const MOST_PIECES = 12;

/** Null if z has a single piece, or codes, which have a section of their own. */
export function partByPart(app: App, move: (z: number[]) => void): PanelView | null {
  const t = app.words();
  const all = placed(app.atlas.manifest.layout ?? [], app.atlas.dim);
  if (app.table || all.length < 2 || all.some(({ kind }) => kind === "code")) return null;
  const pieces = all.slice(0, MOST_PIECES);
  const draw = uniform(1);
  const lenders = Array.from({ length: ITEMS }, () => Math.floor(draw() * app.atlas.count));
  const names = pieceNames(t, pieces);
  const variants = (z: number[], piece: Placed): number[][] => (piece.kind === "categorical"
    ? Array.from({ length: piece.size }, (_, k) => withClass(z, piece, k))
    : lenders.map((item) => withPart(z, piece, partOf(app.mean(item), piece))));
  const rows = pieces.map((piece, index) => variants(new Array<number>(app.atlas.dim).fill(0), piece).map((_, k) => thumb(app, t("parts.go", { name: names[index]!, n: k + 1 }))));
  const task = rested(app, async (isLatest) => {
    const { z } = app.store.get();
    for (const [index, piece] of pieces.entries()) {
      const codes = variants(z, piece);
      rows[index]!.forEach(({ press }, k) => press(() => move(codes[k]!)));
      await decodeAll(app, codes, app.condition(), (unit, k) => rows[index]![k]!.show(unit), isLatest);
    }
  });
  return {
    el: section(t("parts.title"), ...pieces.map((_, index) => h("div", { class: "part-row", role: "group", "aria-label": names[index]! },
      h("h3", { class: "part-name" }, names[index]!), h("div", { class: "items tight" }, ...rows[index]!.map(({ el }) => el)))),
    h("p", { class: "note" }, [t(pieces.some(({ kind }) => kind === "categorical") ? "parts.note.classes" : "parts.note"),
      all.length > pieces.length && t("parts.rest", { n: all.length - pieces.length })].filter(Boolean).join(" "))),
    update(now, before) {
      if (now.z !== before?.z || now.condition !== before.condition) task.request();
    },
    stop: () => task.stop(),
  };
}
