/** The link of two maps: the links of both, with "~" between them; a "~" inside one is encoded. */
import type { LinkStorage } from "../explorer.ts";

export function halves(storage: LinkStorage): LinkStorage[] {
  const parts = (): string[] => storage.read().replace(/^#/, "").split("~").map((part) => part.replaceAll("%7E", "~"));
  let written = parts();
  return [0, 1].map((k): LinkStorage => ({
    linked: storage.linked,
    read: () => `#${parts()[k] ?? (storage.linked ? "" : parts()[0]!)}`,
    write(link) {
      written = [0, 1].map((other) => (other === k ? link : written[other] ?? ""));
      storage.write(written.map((part) => part.replaceAll("~", "%7E")).join("~"));
    },
    onChange: (listener) => storage.onChange(() => {
      written = parts();
      listener();
    }),
  }));
}
