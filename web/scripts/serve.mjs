/** node scripts/serve.mjs BUNDLE [PORT]: serve a bundle with the built page. */
import { host } from "./host.mjs";

const [bundle, port] = process.argv.slice(2);
if (!bundle) {
  console.error("node scripts/serve.mjs BUNDLE [PORT]: BUNDLE is a folder that zukan explore RUN --export wrote");
  process.exit(2);
}
const { url } = await host(bundle, { port: Number(port ?? 0) });
console.log(url);
