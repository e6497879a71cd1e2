/** The states of the page for screenshots and accessibility checks. */
const stroke = async (page) => {
  if (!(await page.locator(".pad").count())) return; // the items are vectors
  const box = await page.locator(".pad").boundingBox();
  const at = (x, y) => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(0.3, 0.25));
  await page.mouse.down();
  for (const [x, y] of [[0.5, 0.22], [0.7, 0.25], [0.62, 0.45], [0.5, 0.65], [0.42, 0.85]]) await page.mouse.move(...at(x, y), { steps: 4 });
  await page.mouse.up();
};

export const states = {
  open: { hash: "g=en", act: (page) => page.mouse.move(300, 300) },
  cursor: { hash: "g=en&z=0.4,-0.6" },
  score: { hash: "g=en&o=score" },
  density: { hash: "g=en&o=density&l=p" },
  images: { hash: "g=en&l=m" },
  close: { hash: "g=en&c=0.4,0.2,0.8" },
  point: { hash: "g=en&p=point&i=1234" },
  nopoint: { hash: "g=en&p=point" },
  path: { hash: "g=en&p=path&s=i12;i999;i4321" },
  spherical: { hash: "g=en&p=path&s=i12;i999&k=spherical&f=48" },
  nopath: { hash: "g=en&p=path" },
  classes: { hash: "g=en&p=class" },
  class: { hash: "g=en&p=class&a=4" },
  between: { hash: "g=en&p=class&a=4,9" },
  filter: { hash: "g=en&p=filter&w=l1,3.4" },
  select: { hash: "g=en&p=select&r=-2,-2;0,-2.5;1.5,-1;0,1;-2,0.5" },
  noselect: { hash: "g=en&p=select" },
  clusters: { hash: "g=en&p=groups&u=cn&o=cluster" },
  compare: { hash: "g=en&p=groups&u=c&x=c0.1!o" },
  draw: { hash: "g=en&p=draw", act: stroke },
  from: { hash: "g=en&p=draw&i=76", act: (page) => page.getByRole("button", { name: /^Start from item/ }).click() },
  nodraw: { hash: "g=en&p=draw" },
  japanese: { hash: "g=ja&p=point&i=76" },
};

/** The states of two maps side by side. */
export const pairStates = Object.fromEntries(Object.entries({
  open: "", point: "p=point&i=1234", path: "p=path&s=i12;i999;i4321", class: "p=class&a=4", draw: "p=draw&i=76",
}).map(([name, half]) => [name, { hash: `g=en&${half}~g=en&${half}` }]).concat([
  ["select", { hash: "g=en&p=select&r=-2,-2;0,-2.5;1.5,-1;0,1;-2,0.5~g=en" }], ["japanese", { hash: "g=ja&p=point&i=76~g=ja&p=point&i=76" }],
]));
const scrolled = (by) => (page) => page.locator(".panel").evaluate((panel, top) => { panel.scrollTop = top; }, by);
/** States for screenshots only; the sections of the cursor panel depend on the model of the bundle. */
export const looks = {
  intro: { hash: "g=ja" },
  sections: { hash: "g=en&h=0", act: scrolled(430) },
  more: { hash: "g=en&h=0", act: scrolled(1000) },
  parts: { hash: "g=ja&h=0", act: scrolled(430) },
  strong: { hash: "g=en&y=60" },
};
