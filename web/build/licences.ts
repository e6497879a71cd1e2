/** The notices of the packages whose code is in the page, beside it: their licences ask for that. */
import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Plugin } from "vite";

const MIT = await readFile(new URL("./onnxruntime.LICENSE", import.meta.url), "utf8");
const modules = join(import.meta.dirname, "..", "node_modules");

async function notice(name: string): Promise<string> {
  const folder = join(modules, name);
  const found = (await readdir(folder)).find((file) => /^licen[sc]e/i.test(file));
  const text = found ? await readFile(join(folder, found), "utf8") : name.startsWith("onnxruntime") ? MIT : null;
  if (text === null) throw new Error(`${name} ships no licence file: add its notice to build/licences.ts`);
  const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { version: string };
  return `${name} ${version}\n\n${text.trim()}\n`;
}

export function licences(): Plugin {
  return {
    name: "zukan:licences",
    async generateBundle(_, bundle) {
      const names = new Set<string>();
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        for (const id of chunk.moduleIds) {
          const parts = id.split(sep);
          const at = parts.lastIndexOf("node_modules");
          if (at >= 0) names.add(parts[at + 1]!.startsWith("@") ? `${parts[at + 1]}/${parts[at + 2]}` : parts[at + 1]!);
        }
      }
      const notices = await Promise.all([...names].sort().map(notice));
      this.emitFile({ type: "asset", fileName: "assets/licences.txt", source: notices.join(`\n${"-".repeat(78)}\n\n`) });
    },
  };
}
