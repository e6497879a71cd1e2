/** Start Debian's Chromium, or with ZUKAN_BROWSER=firefox Debian's Firefox; the variables CHROMIUM and FIREFOX name other executables. */
import { chromium, firefox } from "playwright-core";

export const isFirefox = process.env.ZUKAN_BROWSER === "firefox";

export const launch = (options = {}) => (isFirefox
  ? firefox.launch({ channel: "moz-firefox", executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr", ...options })
  : chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"], ...options }));
