/** A file of the bundle is not as it must be. */
export class BundleError extends Error {}
