import { describe, expect, it } from "vitest";
import { openAtlas, splitOf } from "../../src/bundle/atlas.ts";
import { type Files, Missing, type WidgetModel, widgetFiles } from "../../src/bundle/files.ts";
import { openItems } from "../../src/bundle/items.ts";
import { byteOf, countMissing, levelsOf, unitOf } from "../../src/bundle/levels.ts";
import { type Manifest, parseManifest } from "../../src/bundle/manifest.ts";

const manifest: Manifest = {
  format_version: 1, name: "tiny", event_shape: [2], latent_dim: 1, count: 5, range: [0, 1], missing: false, splits: [{ name: "train", count: 3 }, { name: "test", count: 2 }],
  classes: { names: ["a", "b"], overlaps: [] }, condition: null, dimensions: [{ index: 0, variance: 1, kl: 1, active: true }], pca: null, log_var: true, score: true, umap: false, names: false, items: { per_file: 2 }, piece_bytes: 1 << 22, metrics: {}, licence: null,
};
const condition = { width: 3, name: "sex, age", settings: [{ name: "sex = F", row: [[0, 1]] }, { name: "age = 70", row: [[0, 0.5], [2, 1.5]] }], items: "labels" };
const text = (value: unknown): ArrayBuffer => new TextEncoder().encode(JSON.stringify(value)).buffer as ArrayBuffer;
function folder(content: Record<string, ArrayBuffer>): Files & { requested: string[] } {
  const requested: string[] = [];
  return {
    requested,
    async read(path) {
      requested.push(path);
      const bytes = content[path];
      if (!bytes) throw new Missing(path, "HTTP 404");
      return bytes;
    },
  };
}
const good = {
  "atlas.json": text(manifest), "data/means.f32": Float32Array.from([1, 2, 3, 4, 5]).buffer, "data/labels.i32": Int32Array.from([0, 1, 0, 1, -1]).buffer,
  "data/rows.i32": Int32Array.from([0, 2, 4, 1, 3]).buffer,
  "data/score.f32": new Float32Array(5).buffer, "data/log_var.f32": new Float32Array(5).buffer,
};

describe("atlas.json", () => {
  for (const [change, says] of [
    [{ format_version: 2 }, "format_version must be 1, got 2"], [{ count: 0 }, "count must be a whole number of at least 1, got 0"],
    [{ latent_dim: "2" }, 'latent_dim must be a whole number of at least 1, got "2"'], [{ event_shape: [] }, "event_shape must list at least one length, got []"],
    [{ condition: { ...condition, width: 0 } }, "condition.width must be a whole number of at least 1, got 0"],
    [{ condition: { ...condition, width: 2 } }, "condition.settings[1].row[1][0] must be less than condition.width = 2, got 2"],
    [{ condition: { ...condition, settings: condition.settings.slice(1) } }, "condition.settings must have an entry for each of the 2 classes, got 1"],
    [{ classes: null, condition }, "condition.settings must have an entry for each of the 0 classes, got 2"],
    [{ condition: { ...condition, items: "rows", settings: [] } }, "condition.settings must have at least one entry, got 0"],
    [{ condition: { ...condition, items: "both" } }, 'condition.items must be "labels" or "rows", got "both"'],
    [{ condition: { ...condition, settings: [{ name: "x", row: [[-1, 1]] }, condition.settings[0]] } }, "condition.settings[0].row[0][0] must be a whole number of at least 0, got -1"],
    [{ condition: { ...condition, settings: [{ name: "x", row: [[0, "1"]] }, condition.settings[0]] } }, 'condition.settings[0].row[0][1] must be a number, got "1"'],
    [{ thumbnails: { height: 8, width: 8, channels: 1, per_row: 0, format: "png" } }, "thumbnails.per_row must be a whole number of at least 1, got 0"],
    [{ thumbnails: { height: 8, width: 8, channels: 1, per_row: 2, format: "../x" } }, 'thumbnails.format must be "png" or "webp", got "../x"'],
    [{ dimensions: [] }, "dimensions must have latent_dim = 1 entries, got 0"], [{ items: { per_file: 0.5 } }, "items.per_file must be a whole number"],
  ] as const) {
    it(`is rejected with the message: ${says}`, () => {
      expect(() => parseManifest(JSON.stringify({ ...manifest, ...change }))).toThrow(says);
    });
  }

  it("with a condition is accepted", () => {
    expect(parseManifest(JSON.stringify({ ...manifest, condition })).condition).toEqual(condition);
  });

  it("that is not JSON is rejected", () => expect(() => parseManifest("<html>")).toThrow("not valid JSON"));
});

describe("an atlas", () => {
  it("contains its arrays, and reads the log-variances once, when needed", async () => {
    const files = folder(good);
    const atlas = await openAtlas(files);
    expect(Array.from(atlas.means)).toEqual([1, 2, 3, 4, 5]);
    expect(files.requested).not.toContain("data/log_var.f32");
    await Promise.all([atlas.logVar!(), atlas.logVar!()]);
    expect(files.requested.filter((path) => path === "data/log_var.f32")).toHaveLength(1);
    expect([0, 2, 3, 4, 5].map((i) => splitOf(manifest, i))).toEqual(["train", "train", "test", "test", ""]);
  });

  it("of a posterior without log-variances and without a score has neither", async () => {
    const { "data/score.f32": _, "data/log_var.f32": __, ...rest } = good;
    const atlas = await openAtlas(folder({ ...rest, "atlas.json": text({ ...manifest, log_var: false, score: false }) }));
    expect([atlas.score, atlas.logVar]).toEqual([null, null]);
  });

  it("with a missing or truncated file names the file", async () => {
    await expect(openAtlas(folder({ ...good, "data/means.f32": new ArrayBuffer(8) }))).rejects.toThrow("data/means.f32 must hold 5 numbers of 4 bytes, got 8 bytes");
    const { "data/score.f32": _, ...rest } = good;
    await expect(openAtlas(folder(rest))).rejects.toThrow("data/score.f32 could not be read (HTTP 404)");
    const { "data/rows.i32": ___, ...nameless } = good;
    await expect(openAtlas(folder(nameless))).rejects.toThrow("data/rows.i32 could not be read (HTTP 404)");
  });

  it("calls items by their rows in the source, or by their names if the manifest says so", async () => {
    const [unnamed, named] = [good, { ...good, "atlas.json": text({ ...manifest, names: true }), "data/names.json": text(["a", "c", "e", "b", "d"]) }].map(folder);
    expect([0, 1, 2, 3, 4].map((await openAtlas(unnamed!)).ids.of)).toEqual(["0", "2", "4", "1", "3"]);
    expect([0, 1, 2, 3, 4].map((await openAtlas(named!)).ids.of)).toEqual(["a", "c", "e", "b", "d"]);
    expect(unnamed!.requested).not.toContain("data/names.json");
  });

  for (const [names, says] of [
    [text(["a"]), "data/names.json must list 5 names, got 1 entries"], [text([1, 2, 3, 4, 5]), "data/names.json must list 5 names, got 5 entries"],
    [text({}), "data/names.json must list 5 names, got object"], [new TextEncoder().encode("[").buffer as ArrayBuffer, "data/names.json is not valid JSON"],
  ] as const) {
    it(`is rejected with the message: ${says}`, async () => {
      await expect(openAtlas(folder({ ...good, "atlas.json": text({ ...manifest, names: true }), "data/names.json": names }))).rejects.toThrow(says);
    });
  }
});

describe("the condition", () => {
  const rows = Float32Array.from({ length: 15 }, (_, i) => i);
  const open = async (items: string): ReturnType<typeof openAtlas> => openAtlas(folder({ ...good, "atlas.json": text({ ...manifest, condition: { ...condition, items } }), "data/condition.f32": rows.buffer }));
  const listed = (row: Float32Array | null): number[] => Array.from(row!);

  it("of an item is that of its class, or its own row", async () => {
    const [byClass, byItem] = [(await open("labels")).conditions, (await open("rows")).conditions];
    for (const conditions of [byClass, byItem]) {
      expect(conditions.names).toEqual(["sex = F", "age = 70"]);
      expect([conditions.setting(0), conditions.setting(1)].map(listed)).toEqual([[1, 0, 0], [0.5, 0, 1.5]]);
    }
    expect(listed(await byClass.ofItem(3))).toEqual([0.5, 0, 1.5]);
    expect(listed(await byItem.ofItem(3))).toEqual([9, 10, 11]);
    expect(listed(byClass.ofClass(1, 0))).toEqual([0.5, 0, 1.5]);
    expect(listed(byItem.ofClass(1, 0))).toEqual([1, 0, 0]);
  });

  it("of an item without a class, and an unknown setting, are rejected", async () => {
    const { conditions } = await open("labels");
    await expect(conditions.ofItem(4)).rejects.toThrow("setting -1 is not one of the 2 settings");
    expect(() => conditions.setting(2)).toThrow("setting 2 is not one of the 2 settings");
    expect(() => conditions.setting(null)).toThrow("setting null");
  });

  it("is null for a model without one", async () => {
    const { conditions } = await openAtlas(folder(good));
    expect([conditions.names, conditions.setting(null), await conditions.ofItem(0), conditions.ofClass(1, null)]).toEqual([[], null, null, null]);
  });
});

describe("stored bytes", () => {
  it("are 0…255, or 0…254 with 255 for a missing value", () => {
    const bytes = [0, 127, 254, 255];
    expect(Array.from(unitOf(bytes, levelsOf({ missing: true })))).toEqual([0, 0.5, 1, NaN]);
    expect(unitOf(bytes, levelsOf({ missing: false }))[3]).toBe(1);
    expect(countMissing(unitOf(bytes, levelsOf({ missing: true })))).toBe(1);
    expect([0, 0.5, 1, 7, -1].map((unit) => byteOf(unit, levelsOf({ missing: true })))).toEqual([0, 127, 254, 254, 0]);
  });
});

describe("items", () => {
  const files = (): ReturnType<typeof folder> => folder({
    "data/items-00000.u8": Uint8Array.from([0, 1, 2, 3]).buffer, "data/items-00001.u8": Uint8Array.from([4, 5, 6, 255]).buffer, "data/items-00002.u8": Uint8Array.from([8, 9]).buffer,
  });

  it("are read from the right file, each file once", async () => {
    const from = files();
    const items = openItems(from, manifest);
    expect(Array.from(await items.bytes(3))).toEqual([6, 255]);
    expect((await items.unit(3))[1]).toBe(1);
    expect((await openItems(files(), { ...manifest, missing: true }).unit(3))[1]).toBeNaN();
    expect(Array.from(await items.bytes(4))).toEqual([8, 9]);
    expect(from.requested).toEqual(["data/items-00001.u8", "data/items-00002.u8"]);
  });

  it("are visited in order until the caller stops", async () => {
    const seen: number[] = [];
    await openItems(files(), manifest).each([0, 1, 3, 4], (bytes) => seen.push(bytes[0]!), () => seen.length < 3);
    expect(seen).toEqual([0, 2, 6]);
  });
});

describe("a widget's files", () => {
  it("are requested once, matched by path, and rejected if missing", async () => {
    const sent: unknown[] = [];
    let answer: (content: unknown, buffers: DataView[]) => void = () => undefined;
    const model: WidgetModel = { get: () => null, set: () => undefined, save_changes: () => undefined, send: (content) => sent.push(content), on: (_, handler) => { answer = handler; }, off: () => undefined };
    const files = widgetFiles(model);
    const [one, two, none] = [files.read("a"), files.read("a"), files.read("b")];
    expect(sent).toEqual([{ kind: "read", path: "a" }, { kind: "read", path: "b" }]);
    const bytes = Uint8Array.from([0, 1, 2, 3]);
    answer({ kind: "file", path: "a" }, [new DataView(bytes.buffer, 1, 2)]);
    answer({ kind: "missing", path: "b" }, []);
    expect(Array.from(new Uint8Array(await one))).toEqual([1, 2]);
    expect(Array.from(new Uint8Array(await two))).toEqual([1, 2]);
    await expect(none).rejects.toThrow("b could not be read");
  });
});
