/** Opens a picture file that the user chose or dropped as a drawing. */
import type { App } from "../app.ts";
import { byteOf } from "../bundle/levels.ts";
import { readPicture } from "../look/picture.ts";

export async function openPicture(app: App, file: File): Promise<void> {
  const shape = app.atlas.manifest.event_shape;
  if (!app.painter().image) return;
  try {
    const picture = await readPicture(file, shape as [number, number, number], app.painter().print);
    app.store.set({ drawing: picture.map((value) => byteOf(value / 255, app.levels)), panel: "draw", pen: false, open: false });
  } catch {
    app.reportError(new Error(app.words()("draw.bad", { name: file.name })));
  }
}
