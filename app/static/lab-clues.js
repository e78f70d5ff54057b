/* Clues to a place: the map follows each clue. The rule is that of app/curriculum/combining.py. Without this file the form asks the server. */
const lab = document.querySelector(".lab");
const one = (what, where = lab) => where.querySelector(what);
const all = (what, where = lab) => [...where.querySelectorAll(what)];
const fill = (text, gaps) => text.replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
const look = one("[data-look]");
const towns = all("[data-town]");
const place = towns.find((town) => town.dataset.town === lab.dataset.place);

const map = () => {
  const used = all("[name=clue]:checked");
  const fits = (town) => used.every(({ dataset: { sign, value } }) => town.dataset.signs.includes(`${sign}:${value} `));
  for (const town of towns) {
    const left = fits(town);
    town.classList.toggle("is-out", !left);
    one("[data-yes]", town).hidden = !left;
    one("[data-no]", town).hidden = left;
    one(`[data-place=${town.dataset.town}]`).classList.toggle("is-out", !left);
  }
  for (const clue of all("[name=clue]")) {
    one("[data-why]", clue.closest("[data-box]")).hidden = !clue.checked;
    one(`[data-clue=${clue.value}]`).classList.toggle("is-on", clue.checked);
  }
  const left = towns.filter(fits).length, alone = left === 1 ? (fits(place) ? "found" : "misled") : "too-many", line = one("[data-left]");
  line.textContent = fill(line.dataset.left, { n: left, all: towns.length });
  const told = !used.length ? "" : !left ? "none-left" : alone;
  for (const note of all("[data-told]")) note.hidden = note.dataset.told !== told;
};

lab.addEventListener("change", ({ target }) => {
  if (target.name === "clue") return map();
  one(`[data-hide=${target.value}]`).classList.toggle("is-on", target.checked);
});
lab.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter !== look) return;
  for (const said of all("[data-own]")) said.hidden = false;
  one("[name=hide]").focus(); // each word of Balise is heard with its own detail
});
one("[data-plain]").hidden = true;
