/** Placing of labels: none overlaps another one or a place that must stay free. */

export interface Box { x: number; y: number; width: number; height: number }

const STEPS: [number, number][] = [[0, 0], [0, -1], [0, 1], [0.5, -1], [-0.5, -1], [0.5, 1], [-0.5, 1]]; // in widths and heights

const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/**
 * The left upper corner of each label, the most important first: centered on its anchor or, if that is taken, moved by
 * about its own size. Null if it is not near enough to fit inside `area`, or if all places are taken.
 */
export function place(labels: { anchor: [number, number]; width: number; height: number }[], area: Box, free: Box[], gap = 4): ([number, number] | null)[] {
  const taken = [...free];
  return labels.map(({ anchor: [x, y], width, height }) => {
    if (x < area.x || y < area.y || x > area.x + area.width || y > area.y + area.height) return null;
    for (const [across, down] of STEPS) {
      const clamp = (value: number, from: number, length: number, own: number): number => Math.max(from, Math.min(from + length - own, value));
      const left = clamp(x - width / 2 + across * width, area.x, area.width, width);
      const top = clamp(y - height / 2 + down * (height + gap), area.y, area.height, height);
      const box = { x: left - gap / 2, y: top - gap / 2, width: width + gap, height: height + gap };
      if (taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      return [left, top];
    }
    return null;
  });
}
