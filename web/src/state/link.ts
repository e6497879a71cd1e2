/** Conversion of the state to the part of the address after # and back. Links are untrusted, so only valid values are read. */
import { readFilters, writeFilters } from "../filter/link.ts";
import type { Point } from "../math/lasso.ts";
import { type PlaneSpec, planeKey } from "../math/plane.ts";
import { readShown, writeShown } from "./groups.ts";
import { type Colouring, type Language, type Limits, PANELS, type State, type Stop, type Theme, colourings, initialState } from "./state.ts";

const MAX_DRAWING = 4096; // values; larger drawings would make the link too long for some mail programs
const MAX_STOPS = 64;
const MAX_CORNERS = 400;
const FIRST = ["g", "t"]; // a link with other parts than these does not open the introduction

const number = (value: number): string => String(Number(value.toPrecision(5)));
const numbers = (values: ArrayLike<number>): string => Array.from(values, number).join(",");

export function writeLink(state: State, limits: Limits): string {
  const initial = initialState(limits, state.language);
  const parts: [string, string | null][] = [
    ["p", state.panel === initial.panel ? null : state.panel],
    ["v", planeKey(state.plane) === planeKey(initial.plane) ? null : planeKey(state.plane)],
    ["c", state.camera && numbers([state.camera.x, state.camera.y, state.camera.span])],
    // A link to an item leads to the item's code, wherever the pointer is now.
    ["z", state.z.some((value) => value !== 0) && !(state.panel === "point" && state.item !== null) ? numbers(state.z) : null],
    ["b", state.base.some((value) => value !== 0) ? numbers(state.base) : null],
    ["o", state.colouring === initial.colouring ? null : state.colouring],
    ["l", state.points && state.manifold ? null : state.points ? "p" : state.manifold ? "m" : "n"],
    ["y", state.strength === null ? null : String(state.strength)],
    ["q", state.condition ? String(state.condition) : null],
    ["i", state.item === null ? null : String(limits.ids.row(state.item))],
    ["a", state.classA === null ? null : [state.classA, state.classB].filter((k) => k !== null).join(",")],
    ["s", state.stops.length ? state.stops.map((stop) => ("item" in stop ? `i${limits.ids.row(stop.item)}` : `z${numbers(stop.z)}`)).join(";") : null],
    ["k", state.curve === "straight" ? null : state.curve],
    ["f", state.frames === initial.frames ? null : String(state.frames)],
    ["r", state.lasso.length ? state.lasso.map(numbers).join(";") : null],
    ["w", state.filters.length ? writeFilters(state.filters) : null],
    ...writeShown(state.shown, initial.shown),
    ["d", state.drawing && state.drawing.length <= MAX_DRAWING ? toBase64(state.drawing) : null],
    ["e", state.seed ? String(state.seed) : null],
    ["g", state.language],
    ["t", state.theme === "auto" ? null : state.theme],
  ];
  if (!state.intro && parts.every(([key, value]) => value === null || FIRST.includes(key))) parts.push(["h", "0"]);
  return parts.filter(([, value]) => value !== null).map(([key, value]) => `${key}=${value}`).join("&");
}

export function readLink(hash: string, limits: Limits, language: Language): State {
  const values = new Map(hash.replace(/^#/, "").split("&").map((part) => part.split("=", 2) as [string, string | undefined]));
  const get = (key: string): string => decode(values.get(key) ?? "");
  const initial = initialState(limits, language);
  const camera = reals(get("c"), 3);
  const layers = get("l");
  const pair = get("a") === "" ? [] : get("a").split(",").map((k) => index(k, limits.classes));
  const drawing = fromBase64(get("d"));
  return {
    ...initial,
    panel: oneOf(PANELS, get("p"), initial.panel),
    plane: planeOf(get("v"), limits) ?? initial.plane,
    camera: camera && camera[2]! > 0 ? { x: camera[0]!, y: camera[1]!, span: camera[2]! } : null,
    z: reals(get("z"), limits.dim) ?? initial.z,
    base: reals(get("b"), limits.dim) ?? initial.base,
    pinned: reals(get("z"), limits.dim) !== null, // otherwise the next move of the pointer would change it
    colouring: colouringOf(get("o"), limits) ?? initial.colouring,
    points: layers === "" || layers === "p", manifold: layers === "" || layers === "m",
    strength: index(get("y"), 101),
    condition: limits.settings > 0 ? index(get("q"), limits.settings) ?? 0 : null,
    item: itemOf(get("i"), limits),
    classA: pair[0] ?? null, classB: pair[1] ?? null,
    stops: get("s").split(";").slice(0, MAX_STOPS).flatMap((stop): Stop[] => stopOf(stop, limits)),
    curve: oneOf(["straight", "spherical"] as const, get("k"), initial.curve),
    frames: clamp(index(get("f"), 121) ?? initial.frames, 2, 120),
    lasso: get("r").split(";").slice(0, MAX_CORNERS).flatMap((corner): Point[] => {
      const xy = reals(corner, 2);
      return xy ? [[xy[0]!, xy[1]!]] : [];
    }),
    filters: readFilters(get("w"), limits.filterable ?? []),
    shown: readShown(get, initial.shown, limits, (text) => planeOf(text, limits)),
    drawing: drawing?.length === limits.size ? drawing : null,
    seed: index(get("e"), 2 ** 31) ?? 0,
    language: oneOf(["en", "ja"] as const, get("g"), language),
    intro: [...values.keys()].every((key) => key === "" || FIRST.includes(key)),
    pen: get("p") === "select" && get("r") === "",
    theme: oneOf(["auto", "light", "dark"] as const, get("t"), "auto") as Theme,
  };
}

function stopOf(text: string, limits: Limits): Stop[] {
  const item = text.startsWith("i") ? itemOf(text.slice(1), limits) : null;
  if (item !== null) return [{ item }];
  const z = text.startsWith("z") ? reals(text.slice(1), limits.dim) : null;
  return z ? [{ z }] : [];
}

/** The item whose row in the source a link names. */
function itemOf(text: string, { ids }: Limits): number | null {
  const row = index(text, 2 ** 31);
  return row === null ? null : ids.at(row);
}

function colouringOf(text: string, limits: Limits): Colouring | null {
  const column = /^column(\d{1,6})$/.exec(text)?.[1];
  if (column !== undefined) return Number(column) < limits.columns ? `column${Number(column)}` : null;
  return colourings(limits).find((kind) => kind === text) ?? null;
}

function planeOf(text: string, { dim, pca, umap, sphere }: Limits): PlaneSpec | null {
  if (text === "pca" && pca) return { kind: "pca" };
  if (text === "umap" && umap) return { kind: "umap" };
  if (text === "sphere" && sphere) return { kind: "sphere" };
  const dims = /^d(\d+)\.(\d+)$/.exec(text)?.slice(1).map(Number);
  if (dim < 2 || !dims || dims[0] === dims[1] || dims.some((k) => k >= dim)) return null;
  return { kind: "dims", x: dims[0]!, y: dims[1]! };
}

function reals(text: string, length: number): number[] | null {
  const values = text.split(",").map((part) => (part === "" ? NaN : Number(part)));
  return values.length === length && values.every((value) => Math.abs(value) < 1e6) ? values : null;
}

function index(text: string, below: number): number | null {
  return /^\d{1,10}$/.test(text) && Number(text) < below ? Number(text) : null;
}

function oneOf<T extends string>(choices: readonly T[], text: string, fallback: T): T {
  return choices.find((choice) => choice === text) ?? fallback;
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64(text: string): Uint8Array | null {
  try {
    return text === "" ? null : Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  } catch {
    return null;
  }
}
