/** The codes of z: which one stands at each position, the ones near it and what they decode to, and how often each is used. */
import type { App } from "../../app.ts";
import { canvas, context, fill, h } from "../../dom.ts";
import { makePainter } from "../../look/painter.ts";
import { partOf, placed, withPart } from "../../model/pieces.ts";
import { bookOf, nearestEntry } from "../../model/space.ts";
import { decodeAll, section } from "../parts.ts";
import type { PanelView } from "../panel.ts";
import { rested } from "./rested.ts";
import { thumb } from "./thumb.ts";

const NEAR = 9; // codes that may be swapped in
const MOST_BUTTONS = 256; // positions; with more, a number is entered

/** The numbers of the entries of a codebook nearest to entry `k`, itself included, the nearest first. */
export function nearestEntries(book: { entry(k: number): ArrayLike<number>; size: number; classes: number }, k: number, count: number): number[] {
  const from = book.entry(k);
  const distances = Array.from({ length: book.classes }, (_, other) => {
    const to = book.entry(other);
    let sum = 0;
    for (let j = 0; j < book.size; j++) sum += (to[j]! - from[j]!) ** 2;
    return [sum, other] as const;
  });
  return distances.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, count).map(([, other]) => other);
}

/** How many codes are used, and how many equally frequent ones would be as diverse: exp of the entropy. */
export function diversity(counts: ArrayLike<number>): { used: number; perplexity: number } {
  let [used, sum, weighted] = [0, 0, 0];
  for (let k = 0; k < counts.length; k++) {
    const count = counts[k]!;
    if (count === 0) continue;
    used++;
    sum += count;
    weighted += count * Math.log(count);
  }
  return { used, perplexity: sum > 0 ? Math.exp(Math.log(sum) - weighted / sum) : 0 };
}

/** Null if z holds no codes. */
export function codebookSection(app: App, move: (z: number[]) => void): PanelView | null {
  const { manifest, dim, codebook, usage } = app.atlas;
  const pieces = placed(manifest.layout ?? [], dim);
  if (pieces[0]!.kind !== "code") return null;
  const t = app.words();
  if (!codebook) return { el: section(t("codes.title"), h("p", { class: "note" }, t("codes.large"))), update: () => undefined };
  const classes = pieces[0]!.classes!;
  let at = 0; // the position whose code is shown
  const grid = h("div", { class: "codes", role: "group", "aria-label": t("codes.positions") });
  const [, columns] = manifest.family?.positions ?? [];
  const perRow = columns ? columns * (pieces.length / manifest.family!.positions.reduce((a, b) => a * b, 1)) : Math.min(pieces.length, 10);
  grid.style.gridTemplateColumns = `repeat(${perRow}, minmax(0, 1fr))`;
  const cells = pieces.length > MOST_BUTTONS ? [] : pieces.map((_, p) => h("button", { type: "button", class: "code", on: { click: () => choose(p) } }));
  const number = h("input", { type: "number", min: 1, max: pieces.length, value: 1, "aria-label": t("codes.position"), on: { change: () => choose(Math.min(pieces.length, Math.max(1, Math.round(Number(number.value)) || 1)) - 1) } });
  fill(grid, ...cells);
  const about = h("p", { class: "about-code", role: "status" });
  const near = h("div", { class: "items tight" });
  const use = h("p", { class: "note" });
  const bars = canvas(1, 1, { class: "plate bars large", role: "img" });
  const task = rested(app, show);

  function choose(p: number): void {
    at = p;
    task.request();
  }

  async function show(isLatest: () => boolean): Promise<void> {
    const [vectors, counts] = await Promise.all([codebook!(), usage!()]);
    if (!isLatest()) return;
    const { z } = app.store.get();
    const codes = pieces.map((piece) => nearestEntry(partOf(z, piece), vectors, classes, piece.index));
    cells.forEach((cell, p) => {
      cell.textContent = String(codes[p]! + 1);
      cell.setAttribute("aria-label", t("codes.at", { place: p + 1, n: codes[p]! + 1 }));
      cell.setAttribute("aria-pressed", String(p === at));
    });
    const piece = pieces[at]!;
    const book = bookOf(vectors, classes, piece.index, piece.size);
    const ofBook = counts.subarray(book.number * classes, (book.number + 1) * classes);
    const all = ofBook.reduce((a, b) => a + b, 0);
    about.textContent = t("codes.now", { place: at + 1, n: codes[at]! + 1, share: t.share(ofBook[codes[at]!]! / Math.max(1, all)) });
    showUse(ofBook);
    const swaps = nearestEntries({ ...book, size: piece.size, classes }, codes[at]!, NEAR + 1).slice(1);
    const thumbs = swaps.map((k) => thumb(app, t("codes.swap", { n: k + 1, share: t.share(ofBook[k]! / Math.max(1, all)) }), k + 1));
    fill(near, ...thumbs.map(({ el }) => el));
    const swapped = swaps.map((k) => withPart(z, piece, book.entry(k)));
    thumbs.forEach(({ press }, k) => press(() => move(swapped[k]!)));
    await decodeAll(app, swapped, app.condition(), (unit, k) => thumbs[k]!.show(unit), isLatest);
  }

  function showUse(counts: Int32Array): void {
    const { used, perplexity } = diversity(counts);
    use.textContent = t("codes.used", { used: t.count(used), all: t.count(classes), perplexity: t.real(perplexity, 1) });
    const sorted = Float32Array.from(counts).sort().reverse();
    const painter = makePainter([classes], "plain", 0);
    [bars.width, bars.height] = [painter.width, painter.height];
    context(bars).putImageData(painter.paint(sorted.map((count) => count / Math.max(1, sorted[0]!)), 0, app.look()), 0, 0);
    bars.setAttribute("aria-label", t("codes.use"));
  }

  return {
    el: section(t("codes.title"), cells.length ? grid : h("div", { class: "row" }, h("label", null, t("codes.position"), number)),
      about, h("h3", { class: "part-name" }, t("codes.near")), near, h("p", { class: "note" }, t("codes.near.note")),
      h("h3", { class: "part-name" }, t("codes.use")), bars, use),
    update(now, before) {
      if (now.z !== before?.z || now.condition !== before.condition) task.request();
    },
    stop: () => task.stop(),
  };
}
