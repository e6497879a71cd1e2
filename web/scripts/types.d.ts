declare module "*/host.mjs" {
  export const PAGE: string;
  export const CSP: string;
  export function host(bundle: string, options?: { port?: number; prefix?: string }): Promise<{ url: string; close(): Promise<void> }>;
}
declare module "*/browser.mjs" {
  export function launch(options?: object): Promise<import("playwright-core").Browser>;
}
declare module "*/states.mjs" {
  export const states: Record<string, { hash: string; act?: (page: import("playwright-core").Page) => Promise<void> }>;
}
