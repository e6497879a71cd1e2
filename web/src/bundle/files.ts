/** Where the bundle's files come from: a web host beside the page, or Python through a widget. */

export interface Files {
  /** The file's bytes; `Missing` where there is none. */
  read(path: string): Promise<ArrayBuffer>;
}

export class Missing extends Error {
  constructor(readonly path: string, why: string) {
    super(`${path} could not be read (${why}): write the folder again with zukan explore RUN --export DIR, and serve the whole of it`);
  }
}

/** Files beside the page, by relative address: the folder may lie anywhere on a host. */
export function fetchedFiles(base: string): Files {
  return {
    async read(path) {
      const answer = await fetch(new URL(path, base)).catch((why: unknown) => { throw new Missing(path, String(why)); });
      if (!answer.ok) throw new Missing(path, `HTTP ${answer.status}`);
      return answer.arrayBuffer();
    },
  };
}

/** The part of anywidget's model that the page uses. */
export interface WidgetModel {
  get(name: string): unknown;
  send(content: unknown): void;
  on(event: string, handler: (content: unknown, buffers: DataView[]) => void): void;
  off(event: string, handler?: (content: unknown, buffers: DataView[]) => void): void;
}

/** Files that Python sends when asked: `{kind: "read", path}` is answered by `{kind: "file" | "missing", path}` and one buffer. */
export function widgetFiles(model: WidgetModel): Files & { close(): void } {
  const waiting = new Map<string, { resolve(bytes: ArrayBuffer): void; reject(why: Error): void }[]>();
  const heard = (content: unknown, buffers: DataView[]): void => {
    const { kind, path } = content as { kind?: string; path?: string };
    if (path === undefined || (kind !== "file" && kind !== "missing")) return;
    const asked = waiting.get(path) ?? [];
    waiting.delete(path);
    const view = buffers[0];
    for (const { resolve, reject } of asked) {
      if (kind === "missing" || !view) reject(new Missing(path, "Python has no such file"));
      else resolve(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer);
    }
  };
  model.on("msg:custom", heard);
  return {
    read(path) {
      return new Promise((resolve, reject) => {
        const asked = waiting.get(path);
        if (asked) asked.push({ resolve, reject });
        else {
          waiting.set(path, [{ resolve, reject }]);
          model.send({ kind: "read", path });
        }
      });
    },
    close: () => model.off("msg:custom", heard),
  };
}
