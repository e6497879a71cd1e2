/** Opens two bundles of the same items side by side. */
import { type Atlas, openAtlas } from "./bundle/atlas.ts";
import { type Files, filesWithin } from "./bundle/files.ts";
import { h } from "./dom.ts";
import { type LinkStorage, type Opened, openExplorer } from "./explorer.ts";
import { halves } from "./state/halves.ts";
import { linkMaps } from "./state/link-maps.ts";

const FOLDER = "compare"; // of the second bundle, in the first

/** Open the bundle of `atlas` and the one that it is compared with. */
export async function openBoth(root: HTMLElement, files: Files, atlas: Atlas, storage: LinkStorage): Promise<Opened> {
  const second = filesWithin(files, FOLDER);
  const atlases = [atlas, await openAtlas(second)];
  const names = atlases.map(({ manifest }) => manifest.name);
  if (storage.linked) document.title = `${names.join(" · ")} · zukan`;
  const sides = names.map((name) => h("section", { class: "zukan", "aria-label": name }));
  const links = halves(storage);
  root.replaceChildren(h("main", { class: "pair" }, ...sides));
  root.classList.add("both");
  const opened = await Promise.all(sides.map((side, k) => openExplorer(side, k ? second : files, links[k]!, atlases[k]!)));
  const apps = opened.flatMap((each) => each.apps);
  if (!apps[0] || !apps[1]) return { apps, close: () => opened.forEach((each) => each.close()) }; // one says why it could not open
  const unlink = linkMaps(apps[0], apps[1]);
  const theme = (): void => { root.dataset.theme = apps[0]!.store.get().theme; };
  apps[0].store.watch(theme);
  theme();
  return {
    apps,
    close() {
      unlink();
      for (const each of opened) each.close();
    },
  };
}
