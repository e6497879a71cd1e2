/** Entry point of the page. It also exports `render` for the notebook widget. */
import "./styles/index.css";
import { type App, createApp, limitsOf } from "./app.ts";
import { type Atlas, meanOf, openAtlas } from "./bundle/atlas.ts";
import { positionOf, scale, unscale } from "./bundle/columns.ts";
import { type Files, type WidgetModel, fetchedFiles, widgetFiles } from "./bundle/files.ts";
import { openItems } from "./bundle/items.ts";
import { openTable } from "./bundle/table.ts";
import { createLoading } from "./chrome/loading.ts";
import { openBoth } from "./compare.ts";
import { fill, h } from "./dom.ts";
import { preferred, words } from "./i18n/index.ts";
import { openEngine } from "./model/engine.ts";
import { followModel, notebookTheme } from "./notebook.ts";
import { createShell } from "./shell.ts";
import { readLink, writeLink } from "./state/link.ts";
import type { Language, State } from "./state/state.ts";
import { createStore } from "./state/store.ts";

export { makeGlPoints } from "./map/gl-points.ts";
export { fetchedFiles, openAtlas, openEngine, openItems, openTable, positionOf, scale, unscale };

/** Where the link to the current state is stored: in the address bar, or nowhere. */
export interface LinkStorage { linked: boolean; read(): string; write(link: string): void; onChange(listener: () => void): () => void }

const addressBar: LinkStorage = {
  linked: true,
  read: () => location.hash,
  write: (link) => history.replaceState(null, "", `#${link}`),
  onChange(listener) {
    addEventListener("hashchange", listener);
    return () => removeEventListener("hashchange", listener);
  },
};
/** A notebook has no address for the state, but it marks its own theme. */
const notebook: LinkStorage = { linked: false, read: () => notebookTheme(document), write: () => undefined, onChange: () => () => undefined };
const WRITE_DELAY = 300; // milliseconds without a change before the address is updated, since browsers limit the number of updates

/** An open page, with one map or two. */
export interface Opened { apps: App[]; close(): void }

/** Open a bundle in `root`; `given` is its atlas if it is read already, and is then shown alone. */
export async function openExplorer(root: HTMLElement, files: Files, storage: LinkStorage, given: Atlas | null = null): Promise<Opened> {
  root.classList.add("zukan");
  root.classList.remove("both");
  const t = words(preferred());
  const loading = createLoading(root, files, storage.read(), t);
  try {
    const atlas = given ?? await openAtlas(files, loading);
    if (!given && storage.linked) document.title = `${atlas.manifest.name} · zukan`;
    if (!given && atlas.manifest.compare) return await openBoth(root, files, atlas, storage);
    const limits = limitsOf(atlas);
    const read = (language: Language): State => {
      const state = readLink(storage.read(), limits, language);
      return state.item === null || state.pinned ? state : { ...state, z: meanOf(atlas, state.item) }; // a link to an item shows the item's code
    };
    const store = createStore(read(preferred()));
    const app = await createApp(root, files, atlas, store, storage.linked);
    const save = (): void => storage.write(writeLink(store.get(), limits));
    const link = !storage.linked ? null : () => {
      save();
      return location.href;
    };
    let shell = createShell(app, link);
    const rebuild = (): void => {
      shell.stop();
      shell = createShell(app, link);
    };
    let timer = 0;
    const unwatch = store.watch((now, before) => {
      if (now.language !== before.language || now.theme !== before.theme) rebuild();
      clearTimeout(timer);
      timer = window.setTimeout(save, WRITE_DELAY);
    });
    const stopListening = storage.onChange(() => {
      const link = storage.read();
      if (link.slice(1) === writeLink(store.get(), limits)) return;
      const [next, { picked }] = [read(store.get().language), store.get()];
      store.set({ ...next, picked: next.lasso.length || next.shown.chosen ? null : picked });
    });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", rebuild);
    const close = (): void => {
      unwatch();
      stopListening();
      system.removeEventListener("change", rebuild);
      clearTimeout(timer);
      shell.stop();
    };
    return { apps: [app], close };
  } catch (error) {
    const again = h("button", { type: "button", on: { click: () => void openExplorer(root, files, storage, given) } }, t("error.again"));
    fill(root, h("div", { class: "opening failed", role: "alert" }, h("span", { class: "seal", "aria-hidden": "true" }, "図鑑"),
      h("h1", null, t("error.title")), h("p", null, error instanceof Error ? error.message : String(error)), again));
    return { apps: [], close: () => undefined };
  }
}

/** Entry point of anywidget: `model` reads files from Python, and `el` receives the page. */
async function render({ model, el }: { model: WidgetModel; el: HTMLElement }): Promise<() => void> {
  const files = widgetFiles(model);
  // Otherwise JupyterLab would handle h, 0 and the arrow keys as its own shortcuts.
  const root = h("div", { class: "widget", "data-lm-suppress-shortcuts": "true" });
  root.style.height = `${Number(model.get("height")) || 720}px`;
  el.appendChild(root);
  const { apps, close } = await openExplorer(root, files, notebook);
  const unfollow = apps[0] && followModel(model, apps[0]);
  return () => {
    unfollow?.();
    close();
    files.close();
    root.remove();
  };
}

export default { render };

const page = document.getElementById("zukan-explorer");
if (page) void openExplorer(page, fetchedFiles(document.baseURI), addressBar);
