/** Paths between codes: straight, or spherical (Shoemake 1985, doi:10.1145/325165.325242). */

export type Curve = "straight" | "spherical";

export function lerp(a: number[], b: number[], t: number): number[] {
  return a.map((value, i) => value + t * (b[i]! - value));
}

/**
 * Spherical interpolation: `sin((1−t)ω)/sin ω · a + sin(tω)/sin ω · b`, where ω is the angle between a and b.
 * If the angle is 0 or π, or a code is the origin, there is no unique great circle, and the interpolation is straight.
 */
export function slerp(a: number[], b: number[], t: number): number[] {
  const dot = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const lengths = Math.hypot(...a) * Math.hypot(...b);
  const cos = lengths > 0 ? Math.min(1, Math.max(-1, dot / lengths)) : 1;
  const omega = Math.acos(cos);
  const sin = Math.sin(omega);
  if (sin < 1e-6) return lerp(a, b, t);
  const [p, q] = [Math.sin((1 - t) * omega) / sin, Math.sin(t * omega) / sin];
  return a.map((value, i) => p * value + q * b[i]!);
}

/** `frames` codes from the first stop to the last, through all others; the number of frames per leg follows its straight length. */
export function path(stops: number[][], frames: number, curve: Curve): number[][] {
  if (stops.length === 0) return [];
  if (stops.length === 1 || frames < 2) return [stops[0]!];
  const between = curve === "spherical" ? slerp : lerp;
  const ends = [0];
  for (let i = 1; i < stops.length; i++) ends.push(ends[i - 1]! + Math.hypot(...stops[i]!.map((value, k) => value - stops[i - 1]![k]!)));
  const total = ends.at(-1)!;
  return Array.from({ length: frames }, (_, frame) => {
    const at = (frame / (frames - 1)) * total;
    let leg = 1;
    while (leg < stops.length - 1 && ends[leg]! < at) leg++;
    const length = ends[leg]! - ends[leg - 1]!;
    const t = frame === frames - 1 ? 1 : length > 0 ? (at - ends[leg - 1]!) / length : 0;
    return between(stops[leg - 1]!, stops[leg]!, t);
  });
}
