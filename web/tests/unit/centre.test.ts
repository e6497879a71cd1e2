import { expect, it } from "vitest";
import { centred, isCentred, offset } from "../../src/math/centre.ts";

const dot = (x: number, y: number): Uint8Array => Uint8Array.from({ length: 63 }, (_, i) => Number(i % 9 === x && Math.floor(i / 9) === y) * 200);

it("finds the center of mass, and moves it to the middle", () => {
  expect(offset(dot(4, 3), 9, 7)).toEqual([0, 0]);
  expect(offset(dot(7, 1), 9, 7)).toEqual([3, -2]);
  expect(offset(new Uint8Array(63), 9, 7)).toBeNull();
  expect(centred(dot(7, 1), 9, 7)).toEqual(dot(4, 3));
  expect(centred(dot(0, 6), 9, 7)).toEqual(dot(4, 3));
  expect(centred(new Uint8Array(63), 9, 7)).toEqual(new Uint8Array(63));
});

it("detects whether data is centered", () => {
  expect(isCentred(Array.from({ length: 8 }, () => dot(4, 3)), 9, 7)).toBe(true);
  expect(isCentred([...Array.from({ length: 8 }, () => dot(4, 3)), dot(7, 3)], 9, 7)).toBe(false);
  expect(isCentred([dot(4, 3)], 9, 7)).toBe(false);
});
