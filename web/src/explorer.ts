/** The page's one module: it opens itself on the exported page, and is a widget's `render` in a notebook. */
import "./styles/index.css";
import { createApp, limitsOf } from "./app.ts";
import { meanOf, openAtlas } from "./bundle/atlas.ts";
import { type Files, type WidgetModel, fetchedFiles, widgetFiles } from "./bundle/files.ts";
import { openItems } from "./bundle/items.ts";
import { fill, h } from "./dom.ts";
import { preferred, words } from "./i18n/index.ts";
import { openEngine } from "./model/engine.ts";
import { createShell } from "./shell.ts";
import { readLink, writeLink } from "./state/link.ts";
import type { Language, State } from "./state/state.ts";
import { createStore } from "./state/store.ts";

export { fetchedFiles, openAtlas, openEngine, openItems };

/** Where the state is written so that others can open it: the address bar, or nowhere. */
interface LinkPlace { read(): string; write(link: string): void; heard(changed: () => void): () => void }

const addressBar: LinkPlace = {
  read: () => location.hash,
  write: (link) => history.replaceState(null, "", `#${link}`),
  heard(changed) {
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  },
};
/** A notebook has no address for us, but a paper: JupyterLab says on its body whether it is light. */
const nowhere: LinkPlace = { read: () => ({ true: "t=light", false: "t=dark" })[document.body.dataset.jpThemeLight ?? ""] ?? "", write: () => undefined, heard: () => () => undefined };
const REST = 300; // milliseconds without a change, before the address is written: browsers refuse more than some a second

export async function openExplorer(root: HTMLElement, files: Files, place: LinkPlace): Promise<() => void> {
  root.classList.add("zukan");
  const t = words(preferred());
  fill(root, h("p", { class: "opening", role: "status" }, h("span", { class: "seal", "aria-hidden": "true" }, "図鑑"), t("loading.data")));
  try {
    const atlas = await openAtlas(files);
    const limits = limitsOf(atlas);
    const read = (language: Language): State => {
      const state = readLink(place.read(), limits, language);
      return state.item === null || state.held ? state : { ...state, z: meanOf(atlas, state.item) }; // an item's link shows its code
    };
    const store = createStore(read(preferred()));
    const app = await createApp(root, files, atlas, store, place !== nowhere);
    const link = place === nowhere ? null : () => `${location.href.split("#")[0]}#${writeLink(store.get(), limits)}`;
    if (place !== nowhere) document.title = `${atlas.manifest.name} · zukan`;
    let shell = createShell(app, link);
    const rebuild = (): void => {
      shell.stop();
      shell = createShell(app, link);
    };
    let rest = 0;
    const unwatch = store.watch((now, before) => {
      if (now.language !== before.language || now.theme !== before.theme) rebuild();
      clearTimeout(rest);
      rest = window.setTimeout(() => place.write(writeLink(store.get(), limits)), REST);
    });
    const unheard = place.heard(() => {
      const link = place.read();
      if (link.slice(1) !== writeLink(store.get(), limits)) store.set(read(store.get().language));
    });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", rebuild);
    return () => {
      unwatch();
      unheard();
      system.removeEventListener("change", rebuild);
      clearTimeout(rest);
      shell.stop();
    };
  } catch (why) {
    const again = h("button", { type: "button", on: { click: () => void openExplorer(root, files, place) } }, t("error.again"));
    fill(root, h("div", { class: "opening failed", role: "alert" }, h("span", { class: "seal", "aria-hidden": "true" }, "図鑑"),
      h("h1", null, t("error.title")), h("p", null, why instanceof Error ? why.message : String(why)), again));
    return () => undefined;
  }
}

/** anywidget's entry: `model` reads files from Python, `el` gets the page. */
async function render({ model, el }: { model: WidgetModel; el: HTMLElement }): Promise<() => void> {
  const files = widgetFiles(model);
  // JupyterLab would take h, 0 and the arrows for commands of its own.
  const root = h("div", { class: "widget", "data-lm-suppress-shortcuts": "true" });
  root.style.height = `${Number(model.get("height")) || 720}px`;
  el.appendChild(root);
  const close = await openExplorer(root, files, nowhere);
  return () => {
    close();
    files.close();
    root.remove();
  };
}

export default { render };

const page = document.getElementById("zukan-explorer");
if (page) void openExplorer(page, fetchedFiles(document.baseURI), addressBar);
