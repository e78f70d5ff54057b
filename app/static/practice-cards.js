/* Cards that answer in place, lines that make a text, doors that open. Without this file the form brings the same from the server. */
const form = document.querySelector("[data-cards]");
const one = (what, where = document) => where.querySelector(what);
const all = (what, where = document) => [...where.querySelectorAll(what)];
const fill = (text, gaps) => text.replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
const put = (element, text) => { if (element.textContent !== text) element.textContent = text; }; // what did not change is not said again
const show = (element, on) => { if (element) element.hidden = !on; };

const sort = (box) => {
  const card = box.closest("[data-card]"), right = card.dataset.right.split(" "), fits = right.includes(box.value);
  show(one("[data-when=fits]", card), fits && right.length === 1);
  show(one("[data-when=several]", card), fits && right.length > 1);
  show(one("[data-when=other]", card), !fits);
  one("[data-why]", card).classList.toggle("is-word", fits);
  show(one("[data-why]", card), true);
  const line = one("[data-looked]"), cards = all("[data-card]");
  put(line, fill(line.dataset.looked, { n: cards.filter((c) => one(":checked", c)).length, all: cards.length }));
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
      put(one("[data-own]", line), own.map(words).join(" · "));
    }
  } else put(made, chosen.map(words).join(" "));
  const place = one("[data-made]"), first = place.hidden;
  show(place, chosen.length > 0);
  setTimeout(() => meter(chosen), first ? 100 : 0); // a change in a place that is there already is what gets read out
};

/* As land_of in app/practice/cards.py. */
const FIRST_WITHOUT_A_NAME = { anonymous: 0, optional: 0, ask: 1, "": 1, named: 2 };
const kept = new Map(); // each list of services, in the order it came in
const route = (box) => {
  const own = box.closest("[data-card]");
  if (own) return feedback(own);
  const [about, land, name] = ["situation", "country", "name"].map((n) => one(`[name=${n}]:checked`)), kinds = about ? about.dataset.doors.split(" ") : [];
  for (const why of all("[data-why]")) show(why, why.dataset.why === about?.value);
  for (const said of all("[data-named]")) show(said, about && said.dataset.named === name.value);
  for (const door of all("[data-land], [data-heading]")) show(door, about && (door.dataset.land ?? door.dataset.heading) === land.value);
  const door = one(`[data-land=${land.value}]`), steps = all("[data-kind]", door), without = name.value === "without";
  door.classList.toggle("without", without);
  for (const step of steps) show(step, kinds.includes(step.dataset.kind));
  one("ol", door).prepend(...kinds.flatMap((kind) => steps.filter((step) => step.dataset.kind === kind)));
  for (const list of all(".services", door)) {
    if (!kept.has(list)) kept.set(list, [...list.children]);
    const rank = (entry) => (without ? FIRST_WITHOUT_A_NAME[entry.dataset.naming] : 0);
    list.append(...[...kept.get(list)].sort((a, b) => rank(a) - rank(b)));
  }
};

const kinds = { sort, compose, route };
for (const row of all("[data-noscript]")) show(row, false);
if (one("[data-made]")?.hidden) for (const level of all("[data-level]")) show(level, false);
form.addEventListener("change", ({ target }) => kinds[form.dataset.cards](target));
form.addEventListener("submit", (event) => event.preventDefault());
for (const box of all(":checked", form)) kinds[form.dataset.cards](box); // what a browser kept when one comes back
