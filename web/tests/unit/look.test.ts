import { describe, expect, it } from "vitest";
import { COMPLETE, levelsOf } from "../../src/bundle/levels.ts";
import { strokeOn } from "../../src/look/brush.ts";
import { type Rgb, classColours, hex, oklch, ramp } from "../../src/look/colour.ts";
import { type Tones, choosePrint, isImage, makePainter } from "../../src/look/painter.ts";
import { channelsOf, edge, inverted, opaque } from "../../src/look/picture.ts";

class Pixels { // replaces the browser's ImageData
  data: Uint8ClampedArray;
  constructor(readonly width: number, readonly height: number) { this.data = new Uint8ClampedArray(4 * width * height); }
}
Object.assign(globalThis, { ImageData: Pixels });

const tones = (ink: Rgb): Tones => ({ ink, missing: [[1, 1, 1], [2, 2, 2]] });
const WITH_MISSING = levelsOf({ missing: true });
const linear = (v: number): number => (v <= 10.31 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
const luminance = (rgb: Rgb): number => 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
const contrast = (a: Rgb, b: Rgb): number => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);

describe("colours", () => {
  it("agree with the published values of Oklch", () => {
    expect(oklch(1, 0, 0)).toEqual([255, 255, 255]);
    expect(oklch(0.62796, 0.25768, 29.234)).toEqual([255, 0, 0]);
    expect(oklch(0.86644, 0.29483, 142.495)).toEqual([0, 255, 0]);
  });

  it("differ between all classes, in both themes", () => {
    for (const dark of [false, true]) {
      for (const count of [1, 10, 47]) {
        const colours = classColours(count, dark);
        expect(colours).toHaveLength(count);
        expect(new Set(colours.map(String)).size).toBe(count);
      }
    }
  });

  it("of the ramp have a growing contrast to the background", () => {
    for (const dark of [false, true]) {
      const steps = Array.from({ length: 30 }, (_, k) => luminance(ramp(k / 29, dark)));
      for (let k = 1; k < 30; k++) expect(dark ? steps[k]! > steps[k - 1]! : steps[k]! < steps[k - 1]!).toBe(true);
    }
    expect(ramp(-5, false)).toEqual(ramp(0, false));
    expect(ramp(7, true)).toEqual(ramp(1, true));
  });

  it("of small text have sufficient contrast", () => {
    expect(contrast(hex("#67625a"), hex("#faf8f3"))).toBeGreaterThan(4.5);
    expect(contrast(hex("#a8a297"), hex("#17181a"))).toBeGreaterThan(4.5);
  });
});

describe("the painter", () => {
  it("treats events with 1, 3 and 4 channels as images, and no others", () => {
    expect([[2, 2, 1], [2, 2, 3], [2, 2, 4]].map(isImage)).toEqual([true, true, true]);
    expect([[4], [2, 2], [2, 2, 2], [2, 2, 2, 1]].map(isImage)).toEqual([false, false, false, false]);
  });

  it("draws one channel as ink or in gray", () => {
    const at = (print: "ink" | "ink-inverted" | "plain"): number[] => Array.from(makePainter([1, 2, 1], print, 0).paint([0, 1], 0, tones([9, 8, 7])).data);
    expect(at("ink")).toEqual([9, 8, 7, 0, 9, 8, 7, 255]);
    expect(at("ink-inverted")).toEqual([9, 8, 7, 255, 9, 8, 7, 0]);
    expect(at("plain")).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
  });

  it("draws colors and alpha from an offset, clipped", () => {
    expect(Array.from(makePainter([1, 1, 3], "plain", 0).paint([9, 0, 1, 2], 1, tones([0, 0, 0])).data)).toEqual([0, 255, 255, 255]);
    expect(Array.from(makePainter([1, 1, 4], "plain", 0).paint([1, 0, 0, 0.2], 0, tones([0, 0, 0])).data)).toEqual([255, 0, 0, 51]);
  });

  it("draws vectors as bars that start at zero", () => {
    const painter = makePainter([2], "plain", 0.5);
    const { data } = painter.paint([0, 1, 1, 0], 2, tones([1, 2, 3]));
    const inked = (x: number, y: number): boolean => data[4 * (y * painter.width + x) + 3] === 255;
    expect(inked(1, 1)).toBe(true);
    expect(inked(1, painter.height - 2)).toBe(false);
    expect(inked(painter.width - 4, 1)).toBe(false);
    expect(inked(painter.width - 4, painter.height - 2)).toBe(true);
  });

  it("draws long vectors as means of neighboring values", () => {
    const painter = makePainter([7840], "plain", 0);
    expect(painter.width).toBeLessThanOrEqual(192);
    expect(painter.paint(new Float32Array(7840).fill(1), 0, tones([0, 0, 0])).data[3]).toBe(255);
  });

  it("marks missing values with stripes", () => {
    const painted = (shape: number[], values: number[]): number[] => Array.from(makePainter(shape, "ink", 0).paint(values, 0, tones([9, 8, 7])).data);
    expect(painted([1, 4, 1], [NaN, 1, NaN, NaN])).toEqual([1, 1, 1, 255, 9, 8, 7, 255, 2, 2, 2, 255, 2, 2, 2, 255]);
    expect(painted([1, 1, 3], [0, NaN, 1])).toEqual([1, 1, 1, 255]);
    expect(painted([1, 1, 4], [0, 0, 0, NaN])).toEqual([1, 1, 1, 255]);
  });

  it("draws a missing value of a vector over the full height, and the mean of what is there", () => {
    const { data, width, height } = makePainter([400], "plain", 0).paint(Float32Array.from({ length: 400 }, (_, i) => (i < 200 || i % 2 ? NaN : 1)), 0, tones([9, 8, 7]));
    const column = (x: number): Set<string> => new Set(Array.from({ length: height }, (_, y) => Array.from(data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)).join()));
    expect(column(10)).toEqual(new Set(["1,1,1,255", "2,2,2,255"]));
    expect(column(width - 10)).toEqual(new Set(["9,8,7,255"]));
  });

  it("chooses the style by the edges of the images", () => {
    const image = (ground: number): Float32Array => Float32Array.from({ length: 25 }, (_, i) => (i === 12 ? 1 - ground : ground));
    expect(choosePrint([5, 5, 1], [image(0)])).toBe("ink");
    expect(choosePrint([5, 5, 1], [image(1)])).toBe("ink-inverted");
    expect(choosePrint([5, 5, 1], [image(0.5)])).toBe("plain");
    expect(choosePrint([5, 5, 1], [image(1).map((value, i) => (i < 8 ? NaN : value))])).toBe("ink-inverted");
    expect(choosePrint([5, 5, 1], [image(NaN)])).toBe("plain");
    expect(choosePrint([5, 5, 3], [new Float32Array(75)])).toBe("plain");
  });
});

describe("a drawing", () => {
  it("changes only along the stroke, with soft edges", () => {
    const pad = { values: new Uint8Array(400), width: 20, height: 20, channels: 1, ground: 0, levels: COMPLETE };
    const line = (): void => strokeOn(pad, { radius: 1.5, colour: [255] }, 5, 10, 15, 10);
    line();
    expect(pad.values[10 * 20 + 10]).toBe(255);
    expect(pad.values[2 * 20 + 10]).toBe(0);
    expect(pad.values.some((value) => value > 0 && value < 255)).toBe(true);
    strokeOn(pad, { radius: 3, colour: [0] }, 10, 10, 10, 10);
    expect(pad.values[10 * 20 + 10]).toBe(0);
    expect(pad.values[10 * 20 + 5]).toBe(255);
  });

  it("can mark pixels as missing, and draws over missing ones on the background", () => {
    const pad = { values: new Uint8Array(100).fill(20), width: 10, height: 10, channels: 1, ground: 0, levels: WITH_MISSING };
    strokeOn(pad, { radius: 1.5, colour: null }, 5, 5, 5, 5);
    expect(pad.values[55]).toBe(255);
    expect([...new Set(pad.values)].sort()).toEqual([20, 255]); // with a hard edge
    strokeOn(pad, { radius: 1, colour: [254] }, 5.5, 5.5, 5.5, 5.5);
    expect([pad.values[55], pad.values[54]]).toEqual([254, 127]); // half of the ground at the soft edge
    strokeOn(pad, { radius: 9, colour: [0] }, 5, 5, 5, 5);
    expect([...new Set(pad.values)]).toEqual([0]);
    const complete = { ...pad, values: new Uint8Array(100), levels: COMPLETE };
    strokeOn(complete, { radius: 9, colour: null }, 5, 5, 5, 5);
    expect([...new Set(complete.values)]).toEqual([0]);
  });

  it("from a file is converted to luminance, or keeps its channels", () => {
    const rgba = Uint8ClampedArray.from([255, 0, 0, 255, 255, 255, 255, 10]);
    expect(Array.from(channelsOf(rgba, 1))).toEqual([54, 255]);
    expect(Array.from(channelsOf(rgba, 3))).toEqual([255, 0, 0, 255, 255, 255]);
    expect(Array.from(channelsOf(rgba, 4))).toEqual(Array.from(rgba));
    expect(edge(Uint8Array.from([10, 10, 10, 10, 99, 10, 10, 10, 10]), 3, 3)).toBe(10);
    expect(Array.from(inverted(Uint8Array.from([0, 54, 255]), WITH_MISSING))).toEqual([254, 200, 255]);
    expect(Array.from(inverted(Uint8Array.from([0, 55, 255]), COMPLETE))).toEqual([255, 200, 0]);
  });

  it("with transparency is drawn on a background of the opposite brightness", () => {
    const drawn = (ink: number): Uint8ClampedArray => Uint8ClampedArray.from([0, 0, 0, 0, ink, ink, ink, 255, ink, ink, ink, 51]);
    expect(Array.from(channelsOf(opaque(drawn(0)), 1))).toEqual([255, 0, 204]);
    expect(Array.from(channelsOf(opaque(drawn(255)), 1))).toEqual([0, 255, 51]);
    const whole = Uint8ClampedArray.from([255, 0, 0, 255, 9, 9, 9, 255]);
    expect(opaque(whole)).toEqual(whole);
  });
});
