/** The states of the page that pictures are taken of and accessibility is checked in. */
export const states = {
  cursor: { hash: "g=en&z=0.4,-0.6" },
  open: { hash: "g=en", act: (page) => page.mouse.move(300, 300) },
};
