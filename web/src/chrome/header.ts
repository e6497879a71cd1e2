/** The header: name and numbers of the run, link, theme and language. */
import type { App } from "../app.ts";
import { button, h } from "../dom.ts";
import type { Theme } from "../state/state.ts";

const THEMES: Theme[] = ["auto", "light", "dark"];
const SIGNS: Record<Theme, string> = { auto: "◐", light: "○", dark: "●" };

export function createHeader(app: App, link: (() => string) | null): HTMLElement {
  const t = app.words();
  const { manifest } = app.atlas;
  const { elbo, knn_accuracy: knn, active_units: active } = manifest.metrics;
  const facts = [
    t("facts.items", { n: t.count(manifest.count) }),
    manifest.latent_dim === 1 ? t("facts.dimension") : t("facts.dimensions", { n: manifest.latent_dim }),
    typeof active === "number" && active < manifest.latent_dim && t("facts.active", { n: active }),
    typeof elbo === "number" && t("facts.elbo", { n: t.real(elbo, 1) }),
    typeof knn === "number" && t("facts.knn", { n: t.share(knn) }),
  ].filter((fact) => typeof fact === "string");

  const now = app.store.get().theme;
  const theme = button(SIGNS[now], () => app.store.set({ theme: THEMES[(THEMES.indexOf(now) + 1) % THEMES.length]! }), {
    class: "quiet sign", "aria-label": `${t("chrome.theme")}: ${t(`chrome.theme.${now}`)}`, title: `${t("chrome.theme")}: ${t(`chrome.theme.${now}`)}`,
  });
  const copy = link && button(t("chrome.link"), () => {
    navigator.clipboard.writeText(link()).then(() => showResult("chrome.link.done"), () => showResult("chrome.link.failed"));
  }, { class: "quiet", title: t("chrome.link.label") });
  function showResult(key: "chrome.link.done" | "chrome.link.failed"): void {
    copy!.textContent = t(key);
    app.announce(t(key));
    setTimeout(() => { copy!.textContent = t("chrome.link"); }, 2000);
  }
  const other = app.store.get().language === "en" ? "ja" : "en";
  return h("header", { class: "header" },
    h("span", { class: "seal", "aria-hidden": "true", lang: "ja" }, "図鑑"),
    h("div", { class: "title" }, h("h1", null, manifest.name), h("p", { class: "facts" }, facts.join(" · "))),
    h("div", { class: "tools" }, copy, theme,
      button(t("chrome.language"), () => app.store.set({ language: other }), { class: "quiet", lang: other, "aria-label": t("chrome.language.label") })));
}
