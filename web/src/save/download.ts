/** Download of a file. */
import { h } from "../dom.ts";

/** A safe file name made of letters, digits and dashes. */
export function fileName(...parts: string[]): string {
  return parts.map((part) => part.normalize("NFKC").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "")).filter(Boolean).join("-").slice(0, 80) || "zukan";
}

export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000); // Safari reads the URL after the click
}
