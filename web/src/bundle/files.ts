/** Access to the files of the bundle: from the web host of the page, or from Python through the widget. */

export interface Files {
  /** Read a file; rejects with `Missing` if it does not exist. */
  read(path: string): Promise<ArrayBuffer>;
}

export class Missing extends Error {
  constructor(readonly path: string, reason: string) {
    super(`${path} could not be read (${reason}); write the folder again with zukan explore RUN --export DIR, and serve all its files`);
  }
}

/** Files on the host of the page, relative to `base`. */
export function fetchedFiles(base: string): Files {
  return {
    async read(path) {
      const response = await fetch(new URL(path, base)).catch((error: unknown) => { throw new Missing(path, String(error)); });
      if (!response.ok) throw new Missing(path, `HTTP ${response.status}`);
      return response.arrayBuffer();
    },
  };
}

/** The second one of two bundles that are compared. It is in the folder `folder` of the first, whose page it shares. */
export function filesWithin(files: Files, folder: string): Files {
  return { read: (path) => files.read(path.startsWith("assets/") ? path : `${folder}/${path}`) };
}

/** The part of anywidget's model that the page uses. */
export interface WidgetModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown): void;
  on(event: string, handler: (content: unknown, buffers: DataView[]) => void): void;
  off(event: string, handler?: (content: unknown, buffers: DataView[]) => void): void;
}

/** Files sent by Python: the request `{kind: "read", path}` is answered with `{kind: "file" | "missing", path}` and one buffer. */
export function widgetFiles(model: WidgetModel): Files & { close(): void } {
  const requests = new Map<string, { resolve(bytes: ArrayBuffer): void; reject(error: Error): void }[]>();
  const onMessage = (content: unknown, buffers: DataView[]): void => {
    const { kind, path } = content as { kind?: string; path?: string };
    if (path === undefined || (kind !== "file" && kind !== "missing")) return;
    const callers = requests.get(path) ?? [];
    requests.delete(path);
    const view = buffers[0];
    for (const { resolve, reject } of callers) {
      if (kind === "missing" || !view) reject(new Missing(path, "Python does not have this file"));
      else resolve(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer);
    }
  };
  model.on("msg:custom", onMessage);
  return {
    read(path) {
      return new Promise((resolve, reject) => {
        const callers = requests.get(path);
        if (callers) callers.push({ resolve, reject });
        else {
          requests.set(path, [{ resolve, reject }]);
          model.send({ kind: "read", path });
        }
      });
    },
    close: () => model.off("msg:custom", onMessage),
  };
}
