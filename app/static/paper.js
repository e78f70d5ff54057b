/* The table for answers from paper: Enter, arrows, whole columns pasted, and going on by itself. Without this file Tab does it all. */
const form = document.querySelector("[data-paper]");
const rows = [...form.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("input")]).filter((row) => row.length);
const cells = rows.flat();
const move = form.querySelector("[data-paper-move]");
const byItself = form.querySelector("[data-by-itself]");

const place = (cell) => {
  const y = rows.findIndex((row) => row.includes(cell));
  return [rows[y].indexOf(cell), y];
};
const go = (cell) => {
  cell?.focus();
  cell?.select();
};
const step = (cell, by) => go(cells[cells.indexOf(cell) + by]);
const down = (cell, by) => {
  const [x, y] = place(cell);
  go(rows[y + by]?.[x]);
};

move.hidden = false;
form.addEventListener("keydown", (event) => {
  const cell = event.target;
  if (!cells.includes(cell) || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  const keys = { Enter: () => step(cell, event.shiftKey ? -1 : 1), ArrowDown: () => down(cell, 1), ArrowUp: () => down(cell, -1) };
  if (!keys[event.key]) return;
  event.preventDefault(); // Enter would send the form
  keys[event.key]();
});
/* A letter was added and the cell is full: the next one. Never after a letter was taken away, and not while a syllable is being put together. */
form.addEventListener("input", (event) => {
  const cell = event.target;
  if (!cells.includes(cell) || event.isComposing || !byItself.checked || !event.inputType.startsWith("insert") || event.inputType === "insertFromPaste") return;
  const typed = cell.value.replace(/[\s,]/g, "");
  const full = Number(cell.dataset.full);
  if (["?", "=", "＝", "+", "＋"].includes(typed) || (full && typed.length >= full)) step(cell, 1);
});
/* Lines and tabs of a spreadsheet fill the cells below and beside. */
form.addEventListener("paste", (event) => {
  const cell = event.target;
  const lines = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "").split(/\r?\n/).map((line) => line.split("\t"));
  if (!cells.includes(cell) || (lines.length === 1 && lines[0].length === 1)) return;
  event.preventDefault();
  const [x, y] = place(cell);
  lines.forEach((line, dy) => line.forEach((text, dx) => {
    const there = rows[y + dy]?.[x + dx];
    if (there) there.value = text.trim();
  }));
});
