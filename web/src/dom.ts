/** Creation of HTML elements. Text always becomes a text node, never markup, since names and labels are untrusted. */

export type Child = Node | string | number | null | undefined | false;
type Handlers = { [E in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[E]) => void };
export interface Props {
  class?: string;
  on?: Handlers;
  [attribute: string]: unknown;
}

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props | null, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name === "on") {
      for (const [event, handler] of Object.entries(value as Handlers)) element.addEventListener(event, handler as EventListener);
    } else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  add(element, children);
  return element;
}

/** The name of an element of the whole page, such as `main`; of one of two maps, which are sections, it is `div`. */
export function landmark(root: HTMLElement, tag: "main" | "aside"): "main" | "aside" | "div" {
  return root.localName === "section" ? "div" : tag;
}

export function add(parent: Node, children: Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Replace the children of `parent`. */
export function fill(parent: Element, ...children: Child[]): void {
  parent.replaceChildren();
  add(parent, children);
}

export function button(label: string, onClick: () => void, props: Props = {}): HTMLButtonElement {
  return h("button", { type: "button", ...props, on: { click: onClick } }, label);
}

/** A canvas of `width` by `height` pixels. */
export function canvas(width: number, height: number, props: Props = {}): HTMLCanvasElement {
  return h("canvas", { width, height, ...props });
}

export function context(of: HTMLCanvasElement): CanvasRenderingContext2D {
  const result = of.getContext("2d");
  if (!result) throw new Error("this browser cannot create a 2D canvas; use another browser, or close other pages to free memory");
  return result;
}
