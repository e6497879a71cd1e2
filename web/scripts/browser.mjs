/** Debian's Chromium, or the one that CHROMIUM names. */
import { chromium } from "playwright-core";

export const launch = (options = {}) => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"], ...options,
});
