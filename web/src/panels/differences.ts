/** What differs between two groups: what their mean codes are decoded to, columns, and latent dimensions, by effect size. */
import type { App } from "../app.ts";
import { type Child, canvas, context, fill, h } from "../dom.ts";
import { columnName } from "../filter/words.ts";
import { meanText } from "../look/cells.ts";
import { differenceOf, paintDifference } from "../look/difference.ts";
import { makePainter } from "../look/painter.ts";
import { dimensionName } from "../look/dimension.ts";
import { cohensD, correlation, cramersV, moments, tally } from "../math/effects.ts";
import { summary } from "../math/stats.ts";
import { gallery } from "./gallery.ts";
import { decodeAll, figure, section } from "./parts.ts";

const MOST_COLUMNS = 30;
const MOST_DIMENSIONS = 10;

type Pair<T> = [T, T];
/** A column of both groups: its name, what it is in each, its effect size, and that on one scale for all kinds. */
interface Difference { name: string; values: Pair<string>; effect: string; strength: number }

/** Show the differences of two groups of items, called `names`, in `body`. */
export async function differences(app: App, body: HTMLElement, names: Pair<string>, groups: Pair<Int32Array>, isLatest: () => boolean): Promise<void> {
  const t = app.words();
  const { means, dim, manifest } = app.atlas;
  const codes = groups.map((items) => summary(means, dim, items).mean);
  const pictures = gallery(app, [{ text: "A", decoded: true }, { text: "B", decoded: true }]);
  const difference = app.table ? null : differencePlate(app);
  const columns = section(t("groups.columns"), h("p", { class: "hint" }, t("loading.data")));
  columns.hidden = app.columns.columns.every(({ kind }) => kind === "text");
  fill(body,
    h("dl", { class: "group-sizes" }, ...groups.flatMap((items, k) => [h("dt", null, letter(k)), h("dd", null, h("span", { class: "clip" }, names[k]!), " ", h("span", { class: "soft number" }, t("groups.count", { n: t.count(items.length) })))])),
    section(t("groups.means"), h("div", { class: difference ? "plates" : "" }, ...(difference ? [...pictures.el.childNodes, figure(difference.el, "A − B")] : [pictures.el])),
      difference && h("p", { class: "note" }, t("groups.difference"))),
    columns,
    section(t("groups.latent"), dimensions(app, groups)),
    h("p", { class: "note" }, t("groups.effects")));
  const decoded: Float32Array[] = [];
  const drawn = decodeAll(app, codes, app.condition(), (unit, k) => {
    decoded[k] = unit.slice();
    pictures.show(k, unit);
    if (k === 1) difference?.show(differenceOf(decoded[0]!, decoded[1]!, manifest.event_shape));
  }, isLatest);
  const listed = await byColumn(app, groups);
  if (isLatest()) fill(columns, h("h2", { class: "sub" }, t("groups.columns")), table(app, listed));
  await drawn;
}

const letter = (k: number): HTMLElement => h("span", { class: `group-letter ${k ? "b" : "a"}` }, k ? "B" : "A");

function differencePlate(app: App): { el: HTMLCanvasElement; show(values: Float32Array): void } {
  const shape = app.atlas.manifest.event_shape;
  const painter = app.painter();
  const bars = painter.image ? null : makePainter(shape, "plain", 0.5);
  const el = canvas(painter.width, painter.height, { class: `plate middle ${bars ? "bars" : ""}`, role: "img", "aria-label": "A − B" });
  return {
    el,
    show: (values) => context(el).putImageData(bars ? bars.paint(values.map((value) => (value + 1) / 2), 0, app.look()) : paintDifference(values, painter.width, painter.height, app.look()), 0, 0),
  };
}

/** All columns of the items except free texts, those of the user and the class and the score included, the largest effect first. */
export async function byColumn(app: App, groups: Pair<Int32Array>): Promise<Difference[]> {
  const all: Difference[] = [];
  for (const [k, column] of app.columns.columns.entries()) {
    if (column.kind === "text") continue;
    const [name, cells] = [columnName(app, k), await app.columns.cells(k)];
    all.push(column.kind === "category" ? categories(app, name, cells, column.levels, groups) : numbers(app, name, cells, groups, (value) => meanText(app.words(), column, value)));
  }
  return all.sort((a, b) => b.strength - a.strength).slice(0, MOST_COLUMNS);
}

function numbers(app: App, name: string, values: ArrayLike<number>, groups: Pair<Int32Array>, text: (value: number) => string): Difference {
  const [a, b] = groups.map((items) => moments(values, items)) as Pair<ReturnType<typeof moments>>;
  const d = cohensD(a, b);
  const mean = ({ count, mean: value }: typeof a): string => text(count ? value : NaN);
  return { name, values: [mean(a), mean(b)], effect: `d ${signed(app, d)}`, strength: Math.abs(correlation(d, a.count, b.count)) };
}

/** Of a category, the most frequent level of each group or, if it is the same, the level whose share differs most. */
function categories(app: App, name: string, values: ArrayLike<number>, levels: string[], groups: Pair<Int32Array>): Difference {
  const t = app.words();
  const [a, b] = groups.map((items) => tally(values, items, levels.length)) as Pair<number[]>;
  const shares = [a, b].map((counts) => counts.map((count) => count / Math.max(1, counts.reduce((sum, value) => sum + value, 0)))) as Pair<number[]>;
  const largest = (of: number[]): number => of.indexOf(Math.max(...of));
  const [own, other] = [largest(shares[0]), largest(shares[1])];
  const differing = largest(shares[0].map((share, k) => Math.abs(share - shares[1][k]!)));
  const text = (which: 0 | 1, level: number): string => `${levels[level] ?? "—"} ${t.share(shares[which][level] ?? 0)}`;
  const v = cramersV(a, b);
  return { name, values: own === other ? [text(0, differing), text(1, differing)] : [text(0, own), text(1, other)], effect: `V ${t.real(v)}`, strength: v };
}

const signed = (app: App, value: number): string => `${value > 0 ? "+" : ""}${app.words().real(value)}`;

function table(app: App, listed: Difference[]): HTMLElement {
  const t = app.words();
  const head = (text: Child): HTMLElement => h("th", { scope: "col" }, text);
  return h("div", { class: "differences-frame" }, h("table", { class: "differences" },
    h("thead", null, h("tr", null, head(t("card.column")), head("A"), head("B"), head(t("groups.effect")))),
    h("tbody", null, ...listed.map(({ name, values, effect, strength }) => h("tr", null, h("th", { scope: "row" }, name), h("td", null, values[0]), h("td", null, values[1]),
      h("td", { class: "number effect" }, effect, h("meter", { min: 0, max: 1, value: strength, "aria-hidden": "true" })))))));
}

/** The latent dimensions with the largest effect: bars to the left are larger in B, to the right in A. */
function dimensions(app: App, groups: Pair<Int32Array>): HTMLElement {
  const { means, dim } = app.atlas;
  const effects = app.limits.activity.map((j) => {
    const [a, b] = groups.map((items) => moments(means, items, (i) => i * dim + j)) as Pair<ReturnType<typeof moments>>;
    return { j, d: cohensD(a, b) };
  }).sort((a, b) => Math.abs(b.d) - Math.abs(a.d)).slice(0, MOST_DIMENSIONS);
  const most = Math.max(...effects.map(({ d }) => Math.abs(d)), 1e-9);
  return h("div", { class: "sliders" }, ...effects.map(({ j, d }) => {
    const bar = h("span", { class: d > 0 ? "effect-bar a" : "effect-bar b" });
    bar.style.width = `${(50 * Math.abs(d)) / most}%`;
    return h("div", { class: "slider spread" }, h("span", { class: "symbol" }, dimensionName(j)), h("span", { class: "effect-track", "aria-hidden": "true" }, bar), h("span", { class: "number" }, signed(app, d)));
  }));
}
