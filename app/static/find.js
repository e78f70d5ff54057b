/* Results while somebody types. Without this file the form leads to the page of results. */
const form = document.querySelector("[data-find]");
const field = form.elements.q;
const box = document.querySelector("[data-found]");
const [said, shown] = box.querySelectorAll(":scope > p");
const list = box.querySelector("ul");
const care = box.querySelector("[data-care]");
const before = document.querySelector("[data-shown]"); // what the server has put on the page of results
const ICONS = { lesson: "M12 6.5C10 5 7 4.5 3.5 4.5v13.5c3.5 0 6.5.5 8.5 2 2-1.5 5-2 8.5-2V4.5C17 4.5 14 5 12 6.5zM12 6.5V20", guide: "M5.5 8.5a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0M2.5 19.5c.6-3.6 3.2-5.5 6.5-5.5s5.9 1.9 6.5 5.5M16 5.4a3.5 3.5 0 0 1 0 6.3M18 14.5c2 .8 3.2 2.5 3.6 5", help: "M3.5 12a8.5 8.5 0 1 0 17 0a8.5 8.5 0 1 0-17 0M8.5 12a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0M6 6l3.5 3.5M18 6l-3.5 3.5M6 18l3.5-3.5M18 18l-3.5-3.5", word: "M3 18 7.8 6l4.8 12M4.6 14h6.4M14.5 18l3.2-8 3.2 8M15.6 15.3h4.2" };
const SVG = "http://www.w3.org/2000/svg";
let timer, asking;

const make = (tag, into, text = "", names = {}) => {
  const element = Object.assign(document.createElement(tag), names);
  element.textContent = text;
  into.append(element);
  return element;
};
const pieces = (all, into) => { for (const [text, marked] of all) marked ? make("mark", into, text) : into.append(text); };
const drawing = (kind) => {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [name, value] of Object.entries({ class: "i", viewBox: "0 0 24 24", width: 24, height: 24, fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" })) svg.setAttribute(name, value);
  path.setAttribute("d", ICONS[kind]);
  svg.append(path);
  return svg;
};

const show = ({ count, care: first, results }) => {
  list.replaceChildren();
  for (const { url, kind, where, heading, snippet, lang } of results) {
    const item = make("li", list);
    make("p", item, where, { className: "find-where" }).prepend(drawing(kind));
    const link = make("a", make(`h${Number(care.querySelector(".note-t").tagName[1])}`, item), "", { href: url, lang });
    pieces(heading, link);
    if (snippet.length) pieces(snippet, make("p", item, "", { lang }));
  }
  care.hidden = !first;
  shown.textContent = count;
  said.textContent = first ? `${care.querySelector(".note-t").textContent} ${count}` : count;
  box.hidden = false;
  if (before) before.hidden = true;
};

const hide = () => {
  asking?.abort();
  box.hidden = true;
  said.textContent = "";
  list.replaceChildren();
  if (before) before.hidden = false;
};

/* Asked by a header: what is typed stands in no address, no history and no log. */
const ask = async () => {
  const query = field.value.trim();
  asking?.abort();
  if (!query) return hide();
  asking = new AbortController();
  try {
    const answer = await fetch(form.dataset.find, { headers: { "Search-For": encodeURIComponent(query) }, signal: asking.signal, redirect: "error" });
    if (!answer.ok) throw new Error(answer.status);
    show(await answer.json());
  } catch (error) {
    if (error.name !== "AbortError") form.removeEventListener("submit", stay); // no network: the form goes the plain way
  }
};
const stay = (event) => {
  event.preventDefault();
  clearTimeout(timer);
  ask();
};

field.addEventListener("input", () => {
  clearTimeout(timer);
  const short = field.value.trim().length < (/[가-힣]/.test(field.value) ? 1 : 2);
  short ? hide() : timer = setTimeout(ask, 180);
});
form.addEventListener("submit", stay);

/* Down and up go through the results, Esc goes back to the field. */
const step = (event) => {
  if (event.isComposing || box.hidden || !["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) return;
  const stops = [field, ...box.querySelectorAll("a:not([hidden] *)")];
  const at = stops.indexOf(document.activeElement);
  const to = event.key === "Escape" ? 0 : Math.min(Math.max(at + (event.key === "ArrowDown" ? 1 : -1), 0), stops.length - 1);
  if (event.key === "Escape" && at === 0) return hide();
  event.preventDefault();
  stops[to].focus();
};
form.addEventListener("keydown", step);
box.addEventListener("keydown", step);
