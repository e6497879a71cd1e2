/**
 * node scripts/engines.mjs [ROWS] [DIR]: how long a brush over one column takes until the bars of three columns are counted again, with the
 * page's own filters and, if DIR/node_modules has them, with crossfilter2, arquero and DuckDB-WASM. Milliseconds of processor time,
 * which other programs change less than the clock; medians of ten.
 */
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createServer } from "vite";

const rows = Number(process.argv[2] ?? 1_000_000);
const others = process.argv[3] && createRequire(join(resolve(process.argv[3]), "package.json"));
const BARS = 32;
const draw = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
const x = Float32Array.from({ length: rows }, draw);
const y = Float32Array.from({ length: rows }, draw);
const c = Float32Array.from({ length: rows }, () => Math.floor(10 * Math.random()));
const spent = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const bar = (value) => Math.max(0, Math.min(BARS - 1, Math.floor((value + 4) * 4)));

/** `prepare` returns a function that filters x from `low` to `high` and counts all bars. */
async function measure(name, prepare) {
  const start = spent();
  const count = await prepare();
  await count(-1, 0);
  const first = spent() - start;
  const times = [];
  for (let k = 0; k < 10; k++) {
    const begin = spent();
    await count(-1 + 0.05 * k, 0.5 + 0.05 * k);
    times.push(spent() - begin);
  }
  console.log(`${name.padEnd(14)} first ${first.toFixed(0).padStart(6)}   a step of the brush ${times.sort((a, b) => a - b)[5].toFixed(1).padStart(7)}`);
}

const server = await createServer({ server: { middlewareMode: true, watch: null }, appType: "custom", logLevel: "error" });
const { crossfilter } = await server.ssrLoadModule("/src/filter/crossfilter.ts");
await measure("zukan", () => {
  const columns = [{ kind: "number", levels: [] }, { kind: "number", levels: [] }, { kind: "category", levels: Array.from("0123456789") }];
  const engine = crossfilter(rows, { columns, loaded: (k) => [x, y, c][k], loadedTexts: () => null }, String, () => undefined, console.error);
  return (low, high) => {
    const filters = [{ column: 0, low, high }];
    return [0, 1, 2].map((k) => engine.bars(k, filters));
  };
});
await server.close();

const load = async (name) => {
  try {
    return others ? await import(pathToFileURL(others.resolve(name))) : null;
  } catch {
    return null;
  }
};
const crossfilter2 = await load("crossfilter2");
if (crossfilter2) {
  await measure("crossfilter2", () => {
    const data = crossfilter2.default(Array.from({ length: rows }, (_, i) => i));
    const [byX, byY, byC] = [data.dimension((i) => x[i]), data.dimension((i) => y[i]), data.dimension((i) => c[i])];
    const groups = [byX.group(bar), byY.group(bar), byC.group()];
    return (low, high) => {
      byX.filterRange([low, high]);
      return groups.map((group) => group.all());
    };
  });
}
const arquero = await load("arquero");
if (arquero) {
  await measure("arquero", () => {
    const data = arquero.table({ x, y, c, xb: Uint8Array.from(x, bar), yb: Uint8Array.from(y, bar) });
    return (low, high) => {
      const kept = data.params({ low, high }).filter((row, $) => row.x >= $.low && row.x <= $.high);
      return [data.groupby("xb").count().objects(), ...["yb", "c"].map((by) => kept.groupby(by).count().objects())];
    };
  });
}
const duckdb = others && await load("@duckdb/duckdb-wasm/blocking");
if (duckdb) {
  await measure("DuckDB-WASM", async () => {
    const { createDuckDB, NODE_RUNTIME, VoidLogger } = duckdb.default ?? duckdb;
    const main = (kind) => ({ mainModule: others.resolve(`@duckdb/duckdb-wasm/dist/duckdb-${kind}.wasm`), mainWorker: "" });
    const database = await createDuckDB({ mvp: main("mvp"), eh: main("eh") }, new VoidLogger(), NODE_RUNTIME);
    await database.instantiate(() => undefined);
    const connection = database.connect();
    connection.query(`create table t as select sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) as x, sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) as y, floor(10 * random())::utinyint as c from range(${rows})`);
    return (low, high) => [["x", "true"], ["y", `x between ${low} and ${high}`], ["c", `x between ${low} and ${high}`]].map(([by, where]) =>
      connection.query(`select ${by === "c" ? by : `least(${BARS - 1}, greatest(0, floor((${by} + 4) * 4)))::int`} as bar, count(*) as n from t where ${where} group by bar`).toArray());
  });
}
