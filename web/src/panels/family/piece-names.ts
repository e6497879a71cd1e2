/** What the pieces of z are called. */
import type { Words } from "../../i18n/index.ts";
import type { Placed } from "../../model/pieces.ts";

export function pieceNames(t: Words, pieces: Placed[]): string[] {
  const reals = pieces.filter(({ kind }) => kind === "real").length;
  return pieces.map((piece, index) => {
    const n = pieces.slice(0, index + 1).filter(({ kind }) => kind === piece.kind).length;
    if (piece.kind === "categorical") return t("piece.variable", { n });
    if (piece.kind === "sphere") return t("piece.sphere", { n });
    if (piece.kind === "ball") return t("piece.ball");
    if (reals > 1) return t(n === 1 ? "piece.layer.top" : "piece.layer", { n });
    return t("piece.numbers");
  });
}
