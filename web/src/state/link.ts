/** The state as the part of the address after #, and back. Whatever a stranger's link says, the state it makes is sound. */
import type { Point } from "../math/lasso.ts";
import { type PlaneSpec, planeKey } from "../math/plane.ts";
import { COLOURINGS, type Language, type Limits, PANELS, type State, type Stop, type Theme, initialState } from "./state.ts";

const DRAWING = 4096; // values: a longer drawing makes a link that mail programs cut
const MOST_STOPS = 64;
const MOST_CORNERS = 400;

const number = (value: number): string => String(Number(value.toPrecision(5)));
const numbers = (values: ArrayLike<number>): string => Array.from(values, number).join(",");

export function writeLink(state: State, limits: Limits): string {
  const first = initialState(limits, state.language);
  const parts: [string, string | null][] = [
    ["p", state.panel === first.panel ? null : state.panel],
    ["v", planeKey(state.plane) === planeKey(first.plane) ? null : planeKey(state.plane)],
    ["c", state.camera && numbers([state.camera.x, state.camera.y, state.camera.span])],
    // An item's link leads to the item's code, wherever the pointer has wandered since.
    ["z", state.z.some((value) => value !== 0) && !(state.panel === "point" && state.item !== null) ? numbers(state.z) : null],
    ["b", state.base.some((value) => value !== 0) ? numbers(state.base) : null],
    ["o", state.colouring === first.colouring ? null : state.colouring],
    ["l", state.points && state.manifold ? null : state.points ? "p" : state.manifold ? "m" : "n"],
    ["i", state.item === null ? null : String(state.item)],
    ["a", state.classA === null ? null : [state.classA, state.classB].filter((k) => k !== null).join(",")],
    ["s", state.stops.length ? state.stops.map((stop) => ("item" in stop ? `i${stop.item}` : `z${numbers(stop.z)}`)).join(";") : null],
    ["k", state.curve === "straight" ? null : state.curve],
    ["f", state.frames === first.frames ? null : String(state.frames)],
    ["r", state.lasso.length ? state.lasso.map(numbers).join(";") : null],
    ["d", state.drawing && state.drawing.length <= DRAWING ? toBase64(state.drawing) : null],
    ["e", state.seed ? String(state.seed) : null],
    ["g", state.language],
    ["t", state.theme === "auto" ? null : state.theme],
  ];
  return parts.filter(([, value]) => value !== null).map(([key, value]) => `${key}=${value}`).join("&");
}

export function readLink(hash: string, limits: Limits, language: Language): State {
  const found = new Map(hash.replace(/^#/, "").split("&").map((part) => part.split("=", 2) as [string, string | undefined]));
  const get = (key: string): string => decode(found.get(key) ?? "");
  const first = initialState(limits, language);
  const camera = reals(get("c"), 3);
  const layers = get("l");
  const pair = get("a") === "" ? [] : get("a").split(",").map((k) => index(k, limits.classes));
  const drawing = fromBase64(get("d"));
  return {
    ...first,
    panel: oneOf(PANELS, get("p"), first.panel),
    plane: planeOf(get("v"), limits) ?? first.plane,
    camera: camera && camera[2]! > 0 ? { x: camera[0]!, y: camera[1]!, span: camera[2]! } : null,
    z: reals(get("z"), limits.dim) ?? first.z,
    base: reals(get("b"), limits.dim) ?? first.base,
    held: reals(get("z"), limits.dim) !== null, // or the next move of the pointer would lose it
    colouring: oneOf(limits.classes ? COLOURINGS : COLOURINGS.slice(1), get("o"), first.colouring),
    points: layers === "" || layers === "p", manifold: layers === "" || layers === "m",
    item: index(get("i"), limits.count),
    classA: pair[0] ?? null, classB: pair[1] ?? null,
    stops: get("s").split(";").slice(0, MOST_STOPS).flatMap((stop): Stop[] => stopOf(stop, limits)),
    curve: oneOf(["straight", "spherical"] as const, get("k"), first.curve),
    frames: clamp(index(get("f"), 121) ?? first.frames, 2, 120),
    lasso: get("r").split(";").slice(0, MOST_CORNERS).flatMap((corner): Point[] => {
      const xy = reals(corner, 2);
      return xy ? [[xy[0]!, xy[1]!]] : [];
    }),
    drawing: drawing?.length === limits.size ? drawing : null,
    seed: index(get("e"), 2 ** 31) ?? 0,
    language: oneOf(["en", "ja"] as const, get("g"), language),
    pen: get("p") === "select" && get("r") === "",
    theme: oneOf(["auto", "light", "dark"] as const, get("t"), "auto") as Theme,
  };
}

function stopOf(text: string, limits: Limits): Stop[] {
  const item = text.startsWith("i") ? index(text.slice(1), limits.count) : null;
  if (item !== null) return [{ item }];
  const z = text.startsWith("z") ? reals(text.slice(1), limits.dim) : null;
  return z ? [{ z }] : [];
}

function planeOf(text: string, { dim, pca, umap }: Limits): PlaneSpec | null {
  if (text === "pca" && pca) return { kind: "pca" };
  if (text === "umap" && umap) return { kind: "umap" };
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

function oneOf<T extends string>(choices: readonly T[], text: string, otherwise: T): T {
  return choices.find((choice) => choice === text) ?? otherwise;
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

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
