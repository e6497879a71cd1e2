/** Writes the license notices of all packages whose code is part of the page. */
import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Plugin } from "vite";

const MIT = await readFile(new URL("./onnxruntime.LICENSE", import.meta.url), "utf8");
const modules = join(import.meta.dirname, "..", "node_modules");

async function notice(name: string): Promise<string> {
  const folder = join(modules, name);
  const file = (await readdir(folder)).find((name) => /^licen[sc]e/i.test(name));
  const text = file ? await readFile(join(folder, file), "utf8") : name.startsWith("onnxruntime") ? MIT : null;
  if (text === null) throw new Error(`${name} contains no license file: add its notice to build/licences.ts`);
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
