/** A local web server for development and tests: it serves the built page and a bundle, with the headers of zukan's own server. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

export const PAGE = process.env.ZUKAN_PAGE ?? join(import.meta.dirname, "..", "..", "src", "zukan", "explorer", "page");
export const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "
  + "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".gz": "application/gzip", ".txt": "text/plain; charset=utf-8" };

/** Serve the page and `bundle` under `prefix`, which tests that the page uses relative addresses only. */
export async function host(bundle, { port = 0, prefix = "/" } = {}) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    if (!path.startsWith(prefix)) return response.writeHead(404).end();
    const name = normalize(path.slice(prefix.length) || "index.html");
    if (name.startsWith("..") || name.startsWith(sep)) return response.writeHead(403).end();
    for (const folder of [PAGE, bundle]) {
      const file = join(folder, name);
      const info = await stat(file).catch(() => null);
      if (!info?.isFile()) continue;
      response.writeHead(200, {
        "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", "Content-Length": info.size,
        "Content-Security-Policy": CSP, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
      });
      return createReadStream(file).pipe(response);
    }
    return response.writeHead(404).end();
  });
  await new Promise((ready) => server.listen(port, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${server.address().port}${prefix}`, close: () => new Promise((done) => server.close(done)) };
}
