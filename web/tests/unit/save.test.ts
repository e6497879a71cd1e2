import { describe, expect, it } from "vitest";
import { cell, table } from "../../src/save/csv.ts";
import { fileName } from "../../src/save/download.ts";
import { encodeGif, enlargement } from "../../src/save/film.ts";

describe("a CSV file", () => {
  it("follows RFC 4180", () => {
    expect(table(["a", "b"], [[1, 'say "hi", now'], [2, "two\nlines"]])).toBe('a,b\r\n1,"say ""hi"", now"\r\n2,"two\nlines"\r\n');
  });

  it("contains no cell that a spreadsheet would execute", () => {
    for (const text of ["=1+1", "+1", "-1+1", "@SUM(A1)", "\tx"]) expect(cell(text)).toBe(`'${text}`);
    expect(cell(-1)).toBe("-1");
    expect(cell("-8")).toBe("-8"); // the name of a class: a number
    expect(cell('=HYPERLINK("x")')).toBe(`"'=HYPERLINK(""x"")"`);
  });
});

it("file names contain only letters, digits and dashes", () => {
  expect(fileName("../../etc/passwd", "path")).toBe("etc-passwd-path");
  expect(fileName("図鑑 1", "selection")).toBe("図鑑-1-selection");
  expect(fileName("<>", "")).toBe("zukan");
});

describe("a GIF", () => {
  const frame = (value: number): { data: Uint8ClampedArray; width: number; height: number } =>
    ({ width: 4, height: 3, data: Uint8ClampedArray.from({ length: 48 }, (_, i) => (i % 4 === 3 ? 255 : value)) });
  const bytes = encodeGif([frame(0), frame(120), frame(250)]);

  it("has a header, a size, an endless loop and a trailer", () => {
    expect(new TextDecoder().decode(bytes.subarray(0, 6))).toBe("GIF89a");
    expect(Array.from(bytes.subarray(6, 10))).toEqual([4, 0, 3, 0]);
    const text = Array.from(bytes, (b) => String.fromCharCode(b)).join("");
    expect(text.slice(text.indexOf("NETSCAPE2.0") + 11).startsWith("\x03\x01\x00\x00\x00")).toBe(true);
    expect(bytes.at(-1)).toBe(0x3b);
  });

  it("contains all frames with a delay of 90 ms", () => {
    let delays = 0;
    for (let i = 0; i < bytes.length - 6; i++) if (bytes[i] === 0x21 && bytes[i + 1] === 0xf9 && bytes[i + 2] === 4) delays += Number(bytes[i + 4]! + 256 * bytes[i + 5]! === 9);
    expect(delays).toBe(3);
  });

  it("enlarges small images by a whole factor", () => {
    expect([enlargement(28, 28), enlargement(32, 16), enlargement(500, 10)]).toEqual([4, 4, 1]);
  });
});
