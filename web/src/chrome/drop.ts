/** Opens an image file that is dropped anywhere on the page. */
import type { App } from "../app.ts";
import { h } from "../dom.ts";
import { openPicture } from "../panels/open-picture.ts";

export function createDrop(app: App): () => void {
  const { root } = app;
  const cover = h("div", { class: "dropping", hidden: true }, app.words()("draw.title"));
  root.append(cover);
  const handlers: Record<string, (event: DragEvent) => void> = {
    dragover(event) {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault(); // otherwise the browser would open the file instead of the page
      if (app.painter().image) cover.hidden = false;
      else event.dataTransfer.dropEffect = "none";
    },
    dragleave(event) {
      if (!root.contains(event.relatedTarget as Node | null)) cover.hidden = true;
    },
    drop(event) {
      cover.hidden = true;
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      void openPicture(app, file);
    },
  };
  for (const [name, handler] of Object.entries(handlers)) root.addEventListener(name, handler as EventListener);
  return () => {
    for (const [name, handler] of Object.entries(handlers)) root.removeEventListener(name, handler as EventListener);
  };
}
