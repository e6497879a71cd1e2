/* The script of the frame of pair.ts: it does what anywidget does with the widget. */
const handlers = new Map();
const emit = (event, ...args) => handlers.get(event)?.forEach((handler) => handler(...args));
let state = {};
const model = {
  get: (name) => state[name],
  set: (name, value) => { state[name] = value; parent.postMessage({ kind: "set", name, value }, "*"); },
  save_changes: () => undefined,
  send: (content) => parent.postMessage(content, "*"),
  on: (event, handler) => handlers.set(event, (handlers.get(event) ?? new Set()).add(handler)),
  off: (event, handler) => handlers.get(event)?.delete(handler),
};
document.addEventListener("securitypolicyviolation", ({ blockedURI, violatedDirective }) => parent.postMessage({ kind: "violation", path: `${violatedDirective} ${blockedURI}` }, "*"));
addEventListener("message", async ({ data }) => {
  if (data.kind === "file") emit("msg:custom", { kind: "file", path: data.path }, [new DataView(data.bytes)]);
  if (data.kind === "change") {
    state[data.name] = data.value;
    emit(`change:${data.name}`);
  }
  if (data.kind !== "module") return;
  state = data.state;
  document.head.appendChild(document.createElement("style")).textContent = data.style;
  const module = await import(URL.createObjectURL(new Blob([data.module], { type: "text/javascript" })));
  await module.default.render({ model, el: document.body.appendChild(document.createElement("div")) });
});
parent.postMessage({ kind: "ready" }, "*");
