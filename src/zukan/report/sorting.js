for (const head of document.querySelectorAll("th[data-sort]")) {
  head.addEventListener("click", () => {
    const body = head.closest("table").tBodies[0], place = head.cellIndex;
    const number = (row) => parseFloat(row.cells[place].textContent.replace(/[^0-9.e+-]/g, ""));
    const text = (row) => row.cells[place].textContent;
    const down = head.getAttribute("aria-sort") === "ascending";
    const rows = [...body.rows].sort((a, b) => {
      const [x, y] = [number(a), number(b)];
      if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1; // runs without the number come last
      const order = Number.isNaN(x) ? text(a).localeCompare(text(b)) : x - y;
      return down ? -order : order;
    });
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...rows);
  });
}
