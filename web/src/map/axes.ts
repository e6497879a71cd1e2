/** What the axes of the map are called. */
import { dimensionName } from "../look/dimension.ts";
import type { Words } from "../i18n/index.ts";
import type { PlaneSpec } from "../math/plane.ts";
import type { Axis } from "./scene.ts";

const plain = (name: string): Axis => ({ name, short: name });

/** `explained` is the share of the variance of each principal component. */
export function axesOf(t: Words, spec: PlaneSpec, explained: readonly number[]): [Axis, Axis] {
  const both = (axis: (n: number) => Axis): [Axis, Axis] => [axis(1), axis(2)];
  if (spec.kind === "sphere") return [plain(""), plain("")]; // a projection of the whole sphere has no straight axes
  if (spec.kind === "strip") return [plain(dimensionName(0)), plain("")];
  if (spec.kind === "umap") return both((n) => ({ ...plain(t("map.axis.umap", { n })), bare: true }));
  if (spec.kind === "pca") {
    return both((n) => {
      const values = { n, share: t.share(explained[n - 1] ?? 0) };
      return { name: t("map.axis.pca", values), short: t("map.axis.pca.short", values) };
    });
  }
  return [plain(dimensionName(spec.x)), plain(dimensionName(spec.y))];
}
