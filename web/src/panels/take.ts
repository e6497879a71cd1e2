/** A picture file that somebody chose or dropped. */
import type { App } from "../app.ts";
import { readPicture } from "../look/picture.ts";

export async function takePicture(app: App, file: File): Promise<void> {
  const shape = app.atlas.manifest.event_shape;
  if (!app.painter().image) return;
  try {
    const drawing = await readPicture(file, shape as [number, number, number], app.painter().print);
    app.store.set({ drawing, panel: "draw", pen: false, open: false });
  } catch {
    app.failed(new Error(app.words()("draw.bad", { name: file.name })));
  }
}
