import { expect, it } from "vitest";
import { COMPLETE } from "../../src/bundle/levels.ts";
import { centred, isCentred, offset } from "../../src/math/centre.ts";

const dot = (x: number, y: number): Uint8Array => Uint8Array.from({ length: 63 }, (_, i) => Number(i % 9 === x && Math.floor(i / 9) === y) * 200);

it("finds the center of mass, and moves it to the middle", () => {
  expect(offset(dot(4, 3), 9, 7)).toEqual([0, 0]);
  expect(offset(dot(7, 1), 9, 7)).toEqual([3, -2]);
  expect(offset(new Uint8Array(63), 9, 7)).toBeNull();
  expect(centred(dot(7, 1), 9, 7, COMPLETE)).toEqual(dot(4, 3));
  expect(centred(dot(0, 6), 9, 7, COMPLETE)).toEqual(dot(4, 3));
  expect(centred(new Uint8Array(63), 9, 7, COMPLETE)).toEqual(new Uint8Array(63));
});

it("missing values have no mass, and move along", () => {
  const levels = { top: 254, missing: 255 };
  const [drawn, moved] = [dot(7, 1), dot(4, 3)];
  [drawn[8], moved[2 * 9 + 5]] = [255, 255];
  expect(centred(drawn, 9, 7, levels)).toEqual(moved);
  expect(offset(Float32Array.of(NaN, 1), 2, 1)).toEqual([0.5, 0]);
});

it("detects whether data is centered", () => {
  expect(isCentred(Array.from({ length: 8 }, () => dot(4, 3)), 9, 7)).toBe(true);
  expect(isCentred([...Array.from({ length: 8 }, () => dot(4, 3)), dot(7, 3)], 9, 7)).toBe(false);
  expect(isCentred([dot(4, 3)], 9, 7)).toBe(false);
});
