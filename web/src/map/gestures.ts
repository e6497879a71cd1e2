/** Fingers, wheel and mouse: d3-zoom moves the sheet, one finger or the pointer moves the cursor, a pen stroke is a line. */
import { select } from "d3-selection";
import { type D3ZoomEvent, type ZoomTransform, zoom, zoomIdentity } from "d3-zoom";
import type { View } from "./camera.ts";

export interface Heard {
  /** The sheet was moved by hand: world·k + t. */
  moved(k: number, tx: number, ty: number): void;
  /** The pointer lies over the map, in pixels. */
  hover(x: number, y: number, touch: boolean): void;
  left(): void;
  tap(x: number, y: number, touch: boolean): void;
  /** A line is being drawn; `done` with its last point. */
  stroke(points: [number, number][], done: boolean): void;
  /** Whether dragging draws instead of moving the sheet. */
  drawing(): boolean;
}

const SLOP = 6; // pixels that a tap may wander

export function gestures(on: HTMLElement, heard: Heard): { follow(view: View, least: number, most: number): void; stop(): void } {
  const sheet = select<HTMLElement, unknown>(on);
  const behaviour = zoom<HTMLElement, unknown>()
    .filter((event: MouseEvent | TouchEvent) => {
      if ("touches" in event) return event.touches.length > 1; // one finger walks, two move the sheet
      return event.type === "wheel" || (event.button === 0 && !heard.drawing() && !event.ctrlKey);
    })
    .clickDistance(SLOP)
    .on("zoom", (event: D3ZoomEvent<HTMLElement, unknown>) => {
      if (event.sourceEvent) heard.moved(event.transform.k, event.transform.x, event.transform.y);
    });
  sheet.call(behaviour).on("dblclick.zoom", null);

  let stroke: [number, number][] | null = null;
  let start: [number, number] | null = null;
  const fingers = new Set<number>();
  const at = (event: PointerEvent): [number, number] => {
    const box = on.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const far = (a: [number, number], b: [number, number]): boolean => Math.hypot(a[0] - b[0], a[1] - b[1]) > SLOP;

  const handlers: { [E in "pointerdown" | "pointermove" | "pointerup" | "pointercancel" | "pointerleave"]: (event: PointerEvent) => void } = {
    pointerdown(event) {
      if (event.button !== 0) return;
      fingers.add(event.pointerId);
      if (fingers.size > 1) {
        [stroke, start] = [null, null];
        return;
      }
      start = at(event);
      if (heard.drawing()) {
        stroke = [start];
        on.setPointerCapture(event.pointerId);
      }
    },
    pointermove(event) {
      if (fingers.size > 1) return;
      const place = at(event);
      if (stroke) {
        if (far(place, stroke.at(-1)!) || stroke.length > 1) stroke.push(place);
        if (stroke.length > 1) heard.stroke(stroke, false);
      } else if (event.pointerType !== "touch") {
        if (event.buttons === 0) heard.hover(...place, false);
      } else if (start && far(place, start)) heard.hover(...place, true);
    },
    pointerup(event) {
      const alone = fingers.size === 1;
      fingers.delete(event.pointerId);
      if (!alone || !start) return;
      const [place, from, line] = [at(event), start, stroke];
      [stroke, start] = [null, null];
      if (line && line.length > 2) heard.stroke([...line, place], true);
      else if (!far(place, from)) heard.tap(...place, event.pointerType === "touch");
    },
    pointercancel(event) {
      fingers.delete(event.pointerId);
      [stroke, start] = [null, null];
    },
    pointerleave(event) {
      if (event.pointerType !== "touch") heard.left();
    },
  };
  for (const [name, handler] of Object.entries(handlers)) on.addEventListener(name, handler as EventListener);

  return {
    follow(view, least, most) {
      behaviour.scaleExtent([least, most]);
      const transform: ZoomTransform = zoomIdentity.translate(view.tx, view.ty).scale(view.kx);
      sheet.property("__zoom", transform); // the state leads: no event, no animation
    },
    stop: () => {
      sheet.on(".zoom", null);
      for (const [name, handler] of Object.entries(handlers)) on.removeEventListener(name, handler as EventListener);
    },
  };
}
