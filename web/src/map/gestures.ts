/** Gestures of mouse, wheel and fingers: d3-zoom moves the map, one finger or the mouse moves the cursor or draws a line. */
import { select } from "d3-selection";
import { type D3ZoomEvent, type ZoomTransform, zoom, zoomIdentity } from "d3-zoom";
import type { View } from "./camera.ts";

export interface GestureHandlers {
  /** The map was moved or zoomed: screen = world · k + t. */
  moved(k: number, tx: number, ty: number): void;
  /** The pointer moved to a place on the map, in pixels. */
  hover(x: number, y: number, touch: boolean): void;
  left(): void;
  tap(x: number, y: number, touch: boolean): void;
  /** A line is drawn; `done` is true for its last point. */
  stroke(points: [number, number][], done: boolean): void;
  /** Return whether dragging draws a line instead of moving the map. */
  drawing(): boolean;
}

const SLOP = 6; // a tap may move by this many pixels

export function gestures(target: HTMLElement, handle: GestureHandlers): { follow(view: View, least: number, most: number): void; stop(): void } {
  const element = select<HTMLElement, unknown>(target);
  const behaviour = zoom<HTMLElement, unknown>()
    .filter((event: MouseEvent | TouchEvent) => {
      if ("touches" in event) return event.touches.length > 1; // one finger moves the cursor, two fingers move the map
      return event.type === "wheel" || (event.button === 0 && !handle.drawing() && !event.ctrlKey);
    })
    .clickDistance(SLOP)
    .on("zoom", (event: D3ZoomEvent<HTMLElement, unknown>) => {
      if (event.sourceEvent) handle.moved(event.transform.k, event.transform.x, event.transform.y);
    });
  element.call(behaviour).on("dblclick.zoom", null);

  let stroke: [number, number][] | null = null;
  let start: [number, number] | null = null;
  const fingers = new Set<number>();
  const at = (event: PointerEvent): [number, number] => {
    const box = target.getBoundingClientRect();
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
      if (handle.drawing()) {
        stroke = [start];
        target.setPointerCapture(event.pointerId);
      }
    },
    pointermove(event) {
      if (fingers.size > 1) return;
      const place = at(event);
      if (stroke) {
        if (far(place, stroke.at(-1)!) || stroke.length > 1) stroke.push(place);
        if (stroke.length > 1) handle.stroke(stroke, false);
      } else if (event.pointerType !== "touch") {
        if (event.buttons === 0) handle.hover(...place, false);
      } else if (start && far(place, start)) handle.hover(...place, true);
    },
    pointerup(event) {
      const alone = fingers.size === 1;
      fingers.delete(event.pointerId);
      if (!alone || !start) return;
      const [place, from, line] = [at(event), start, stroke];
      [stroke, start] = [null, null];
      if (line && line.length > 2) handle.stroke([...line, place], true);
      else if (!far(place, from)) handle.tap(...place, event.pointerType === "touch");
    },
    pointercancel(event) {
      fingers.delete(event.pointerId);
      [stroke, start] = [null, null];
    },
    pointerleave(event) {
      if (event.pointerType !== "touch") handle.left();
    },
  };
  for (const [name, handler] of Object.entries(handlers)) target.addEventListener(name, handler as EventListener);

  return {
    follow(view, least, most) {
      behaviour.scaleExtent([least, most]);
      const transform: ZoomTransform = zoomIdentity.translate(view.tx, view.ty).scale(view.kx);
      element.property("__zoom", transform); // set directly, so that d3-zoom sends no event
    },
    stop: () => {
      element.on(".zoom", null);
      for (const [name, handler] of Object.entries(handlers)) target.removeEventListener(name, handler as EventListener);
    },
  };
}
