/** The name of a latent dimension, counted from 1: `z1`, as in every file, figure and report of zukan. */
export const dimensionName = (index: number): string => `z${index + 1}`;
