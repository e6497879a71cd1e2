/** Entry point of the page. It also exports `render` for the notebook widget. */
import "./styles/index.css";
import { createApp, limitsOf } from "./app.ts";
import { meanOf, openAtlas } from "./bundle/atlas.ts";
import { positionOf, scale, unscale } from "./bundle/columns.ts";
import { type Files, type WidgetModel, fetchedFiles, widgetFiles } from "./bundle/files.ts";
import { openItems } from "./bundle/items.ts";
import { openTable } from "./bundle/table.ts";
import { createLoading } from "./chrome/loading.ts";
import { fill, h } from "./dom.ts";
import { preferred, words } from "./i18n/index.ts";
import { openEngine } from "./model/engine.ts";
import { createShell } from "./shell.ts";
import { readLink, writeLink } from "./state/link.ts";
import type { Language, State } from "./state/state.ts";
import { createStore } from "./state/store.ts";

export { makeGlPoints } from "./map/gl-points.ts";
export { fetchedFiles, openAtlas, openEngine, openItems, openTable, positionOf, scale, unscale };

/** Where the link to the current state is stored: in the address bar, or nowhere. */
interface LinkStorage { read(): string; write(link: string): void; onChange(listener: () => void): () => void }

const addressBar: LinkStorage = {
  read: () => location.hash,
  write: (link) => history.replaceState(null, "", `#${link}`),
  onChange(listener) {
    addEventListener("hashchange", listener);
    return () => removeEventListener("hashchange", listener);
  },
};
/** A notebook has no address for the state, but JupyterLab marks its own theme on the body. */
const notebook: LinkStorage = { read: () => ({ true: "t=light", false: "t=dark" })[document.body.dataset.jpThemeLight ?? ""] ?? "", write: () => undefined, onChange: () => () => undefined };
const WRITE_DELAY = 300; // milliseconds without a change before the address is updated, since browsers limit the number of updates

export async function openExplorer(root: HTMLElement, files: Files, storage: LinkStorage): Promise<() => void> {
  root.classList.add("zukan");
  const t = words(preferred());
  const loading = createLoading(root, files, storage.read(), t);
  try {
    const atlas = await openAtlas(files, loading);
    const limits = limitsOf(atlas);
    const read = (language: Language): State => {
      const state = readLink(storage.read(), limits, language);
      return state.item === null || state.pinned ? state : { ...state, z: meanOf(atlas, state.item) }; // a link to an item shows the item's code
    };
    const store = createStore(read(preferred()));
    const app = await createApp(root, files, atlas, store, storage !== notebook);
    const link = storage === notebook ? null : () => `${location.href.split("#")[0]}#${writeLink(store.get(), limits)}`;
    if (storage !== notebook) document.title = `${atlas.manifest.name} · zukan`;
    let shell = createShell(app, link);
    const rebuild = (): void => {
      shell.stop();
      shell = createShell(app, link);
    };
    let timer = 0;
    const unwatch = store.watch((now, before) => {
      if (now.language !== before.language || now.theme !== before.theme) rebuild();
      clearTimeout(timer);
      timer = window.setTimeout(() => storage.write(writeLink(store.get(), limits)), WRITE_DELAY);
    });
    const stopListening = storage.onChange(() => {
      const link = storage.read();
      if (link.slice(1) !== writeLink(store.get(), limits)) store.set(read(store.get().language));
    });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", rebuild);
    return () => {
      unwatch();
      stopListening();
      system.removeEventListener("change", rebuild);
      clearTimeout(timer);
      shell.stop();
    };
  } catch (error) {
    const again = h("button", { type: "button", on: { click: () => void openExplorer(root, files, storage) } }, t("error.again"));
    fill(root, h("div", { class: "opening failed", role: "alert" }, h("span", { class: "seal", "aria-hidden": "true" }, "図鑑"),
      h("h1", null, t("error.title")), h("p", null, error instanceof Error ? error.message : String(error)), again));
    return () => undefined;
  }
}

/** Entry point of anywidget: `model` reads files from Python, and `el` receives the page. */
async function render({ model, el }: { model: WidgetModel; el: HTMLElement }): Promise<() => void> {
  const files = widgetFiles(model);
  // Otherwise JupyterLab would handle h, 0 and the arrow keys as its own shortcuts.
  const root = h("div", { class: "widget", "data-lm-suppress-shortcuts": "true" });
  root.style.height = `${Number(model.get("height")) || 720}px`;
  el.appendChild(root);
  const close = await openExplorer(root, files, notebook);
  return () => {
    close();
    files.close();
    root.remove();
  };
}

export default { render };

const page = document.getElementById("zukan-explorer");
if (page) void openExplorer(page, fetchedFiles(document.baseURI), addressBar);
