/* Cards that answer in place, lines that make a text, doors that open. Without this file the form brings the same from the server. */
const form = document.querySelector("[data-cards]");
const one = (what, where = document) => where.querySelector(what);
const all = (what, where = document) => [...where.querySelectorAll(what)];
const fill = (text, gaps) => text.replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
const show = (element, on) => { if (element) element.hidden = !on; };

const sort = (box) => {
  const card = box.closest("[data-card]"), right = card.dataset.right.split(" "), fits = right.includes(box.value);
  show(one("[data-when=fits]", card), fits && right.length === 1);
  show(one("[data-when=several]", card), fits && right.length > 1);
  show(one("[data-when=other]", card), !fits);
  one("[data-why]", card).classList.toggle("is-word", fits);
  show(one("[data-why]", card), true);
  const line = one("[data-looked]"), cards = all("[data-card]");
  line.textContent = fill(line.dataset.looked, { n: cards.filter((c) => one(":checked", c)).length, all: cards.length });
};

const feedback = (slot) => {
  for (const note of all("[data-for]", slot)) note.hidden = !all(":checked", slot).some((box) => box.value === note.dataset.for);
};

/* As level_of in app/practice/cards.py. */
const meter = (boxes) => {
  const levels = all("[data-level]");
  if (!levels.length) return;
  const mean = boxes.length ? boxes.reduce((sum, box) => sum + +box.dataset.tone, 0) / boxes.length : 0;
  const at = Math.floor(((mean + 1) / 2) * (levels.length - 1) + 0.5);
  levels.forEach((level, n) => { level.hidden = n !== at; });
  all(".lamps i").forEach((lamp, n) => lamp.classList.toggle("on", n === at));
};

const words = (box) => box.nextElementSibling.textContent.trim();
const compose = (box) => {
  const slot = box.closest("[data-slot]"), most = +slot.dataset.most;
  if (box.type === "checkbox" && all(":checked", slot).length > most) box.checked = false;
  feedback(slot);
  const chosen = all(":checked", form), made = one("[data-words]");
  if (made.tagName === "OL") {
    for (const line of all("[data-line]", made)) {
      const own = chosen.filter((b) => b.name === line.dataset.line);
      line.hidden = !own.length;
      one("span", line).textContent = own.map(words).join(" · ");
    }
  } else made.textContent = chosen.map(words).join(" ");
  show(one("[data-made]"), chosen.length > 0);
  meter(chosen);
};

const route = (box) => {
  if (box.name === "situation") for (const door of all("[data-door]")) door.hidden = door.dataset.door !== box.value;
  else feedback(box.closest("[data-card]"));
};

const kinds = { sort, compose, route };
show(one("[data-noscript]"), false);
form.addEventListener("change", ({ target }) => kinds[form.dataset.cards](target));
form.addEventListener("submit", (event) => event.preventDefault());
for (const box of all(":checked", form)) kinds[form.dataset.cards](box); // what a browser kept when one comes back
