/** What the axes of the map are called. */
import type { Words } from "../i18n/index.ts";
import type { PlaneSpec } from "../math/plane.ts";
import type { Axis } from "./scene.ts";

export function subscript(value: number): string {
  return String(value).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]!);
}

const plain = (name: string): Axis => ({ name, short: name });

/** `explained` is the share of the variance of each principal component. */
export function axesOf(t: Words, spec: PlaneSpec, explained: readonly number[]): [Axis, Axis] {
  const both = (axis: (n: number) => Axis): [Axis, Axis] => [axis(1), axis(2)];
  if (spec.kind === "strip") return [plain("z"), plain("")];
  if (spec.kind === "umap") return both((n) => ({ ...plain(t("map.axis.umap", { n })), bare: true }));
  if (spec.kind === "pca") {
    return both((n) => {
      const values = { n, share: t.share(explained[n - 1] ?? 0) };
      return { name: t("map.axis.pca", values), short: t("map.axis.pca.short", values) };
    });
  }
  return [plain(`z${subscript(spec.x + 1)}`), plain(`z${subscript(spec.y + 1)}`)];
}
