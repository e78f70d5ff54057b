/* The class table by keyboard: one stop for Tab, arrow keys inside. Without this file every cell is a plain link. */
const table = document.querySelector("[data-grid]");
const rows = table ? [...table.rows].map((row) => [...row.cells].map((cell) => cell.querySelector("a"))).filter((row) => row.some(Boolean)) : [];
const hint = document.getElementById("mx-keys");
const ROWS_AT_ONCE = 6;
let now;

const put = (link) => {
  if (now) now.tabIndex = -1;
  now = link;
  now.tabIndex = 0;
};
const place = (link) => {
  for (const [y, row] of rows.entries()) {
    const x = row.indexOf(link);
    if (x >= 0) return [x, y];
  }
  return [0, 0];
};
/* The next link in a direction. Rows without one in this column are stepped over, also short ones: the heading of a group is one cell. */
const next = (link, dx, dy) => {
  let [x, y] = place(link);
  for (;;) {
    x += dx;
    y += dy;
    if (y < 0 || y >= rows.length || x < 0 || (dx && x >= rows[y].length)) return link;
    if (rows[y][x]) return rows[y][x];
  }
};
const leap = (link, dy) => {
  for (let n = 0; n < ROWS_AT_ONCE; n++) link = next(link, 0, dy);
  return link;
};
/* The keys of a grid, as in the ARIA Authoring Practices; with Ctrl, Home and End go to the ends of the whole table. */
const keys = {
  ArrowRight: (a) => next(a, 1, 0),
  ArrowLeft: (a) => next(a, -1, 0),
  ArrowDown: (a) => next(a, 0, 1),
  ArrowUp: (a) => next(a, 0, -1),
  PageDown: (a) => leap(a, 1),
  PageUp: (a) => leap(a, -1),
  Home: (a) => rows[place(a)[1]].find(Boolean),
  End: (a) => rows[place(a)[1]].findLast(Boolean),
};
const withCtrl = { Home: () => rows[0].find(Boolean), End: () => rows.at(-1).findLast(Boolean) };

if (rows.length) {
  for (const link of rows.flat()) if (link) link.tabIndex = -1;
  put(rows[0].find(Boolean));
  table.addEventListener("focusin", (event) => {
    const link = event.target.closest("a");
    if (link) put(link);
    if (hint && link?.matches(":focus-visible")) hint.hidden = false;
  });
  table.addEventListener("keydown", (event) => {
    const go = (event.ctrlKey ? withCtrl : keys)[event.key];
    if (!go || event.altKey || event.metaKey || event.shiftKey || event.target !== now) return;
    event.preventDefault();
    go(now)?.focus();
  });
}
