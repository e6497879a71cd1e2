/** Start Debian's Chromium, or the executable in the environment variable CHROMIUM. */
import { chromium } from "playwright-core";

export const launch = (options = {}) => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"], ...options,
});
