import { describe, expect, it } from "vitest";
import { type Rgb, classColours, hex, ramp } from "../../src/look/colour.ts";
import { LEAST, backgrounds, contrast, luminance } from "../../src/look/contrast.ts";
import { lacking } from "../../src/map/point-colours.ts";

const PAPER = { light: hex("#faf8f3"), dark: hex("#17181a") }; // of paper.css
/** Linear RGB as people with each color vision see it: all, and without red, green or blue cones (doi:10.1109/TVCG.2009.113). */
const VISION = [[1, 0, 0, 0, 1, 0, 0, 0, 1],
  [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039]];

const linear = (v: number): number => (v <= 10.31475 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
const times = (m: number[], [a, b, c]: Rgb): Rgb => [0, 3, 6].map((r) => m[r]! * a + m[r + 1]! * b + m[r + 2]! * c) as Rgb;
function oklab(rgb: Rgb, vision: number[]): Rgb {
  const seen = times(vision, rgb.map(linear) as Rgb).map((v) => Math.max(0, v)) as Rgb;
  const cones = times([0.4122214708, 0.5363325363, 0.0514459929, 0.2119034982, 0.6806995451, 0.1073969566, 0.0883024619, 0.2817188376, 0.6299787005], seen).map(Math.cbrt) as Rgb;
  return times([0.2104542553, 0.793617785, -0.0040720468, 1.9779984951, -2.428592205, 0.4505937099, 0.0259040371, 0.7827717662, -0.808675766], cones);
}

describe("marks", () => {
  it("have the contrast that WCAG defines", () => {
    expect(contrast([255, 255, 255], [0, 0, 0])).toBeCloseTo(21, 10);
    expect(contrast([118, 118, 118], [255, 255, 255])).toBeCloseTo(4.54, 2); // the known lightest gray for small text
    expect(luminance([255, 0, 0])).toBeCloseTo(0.2126, 10);
  });

  for (const dark of [false, true]) {
    const behind = backgrounds(dark ? PAPER.dark : PAPER.light, dark);
    const marks: [string, Rgb[]][] = [...[1, 2, 10, 11, 40, 200].map((n): [string, Rgb[]] => [`${n} classes`, classColours(n, dark)]),
      ["amounts", Array.from({ length: 64 }, (_, k) => ramp(k / 63, dark))], ["missing cells", [lacking(dark)]]];
    for (const [name, colours] of marks) {
      it(`of ${name} stand out from the paper and from black and white images, ${dark ? "dark" : "light"}`, () => {
        for (const colour of colours) for (const ground of behind) expect(contrast(colour, ground), `${colour} on ${ground}`).toBeGreaterThanOrEqual(LEAST);
      });
    }

    it(`of ten classes differ with any color vision, ${dark ? "dark" : "light"}`, () => {
      for (const vision of VISION) {
        const seen = classColours(10, dark).map((colour) => oklab(colour, vision));
        seen.forEach((a, i) => seen.slice(i + 1).forEach((b) => expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeGreaterThan(dark ? 0.035 : 0.045)));
      }
    });
  }
});
