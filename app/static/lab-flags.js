/* A chat to mark: each mark is answered in place. Without this file the form brings the same from the server. Nothing is sent or kept. */
const lab = document.querySelector(".lab");
const one = (what, where = lab) => where.querySelector(what);
const all = (what, where = lab) => [...where.querySelectorAll(what)];
const show = (element, on) => { if (element && element.hidden === on) element.hidden = !on; };
const line = one("[data-said]");
let asked = false; // whether those that were missed are shown

const look = () => {
  const messages = all("[data-message]").map((box) => ({ box, marked: one("input", box).checked }));
  for (const { box, marked } of messages) {
    show(one("[data-note=noticed], [data-note=kind]", box), marked);
    show(one("[data-note=missed]", box), asked && !marked);
  }
  const noticed = messages.filter(({ box, marked }) => marked && "trick" in box.dataset).length;
  const text = line.dataset.said.replace("{n}", noticed).replace("{all}", line.dataset.all);
  if (line.textContent !== text) line.textContent = text;
  asked ||= noticed === +line.dataset.all;
  one("[type=submit]").hidden = asked;
  lab.elements.checked.disabled = !asked;
};

lab.addEventListener("change", look);
lab.addEventListener("submit", (event) => {
  event.preventDefault();
  asked = true;
  /* Each is heard when its message is come to, not all of them at once. */
  for (const notes of all(".flag-notes")) notes.setAttribute("aria-live", "off");
  look();
  setTimeout(() => { for (const notes of all(".flag-notes")) notes.setAttribute("aria-live", "polite"); }, 500);
  const first = one("[data-note=missed]:not([hidden])");
  (first?.closest("[data-message]").querySelector("input") ?? line).focus();
  first?.scrollIntoView({ block: "center" });
});
asked = all("[data-note=missed]:not([hidden])").length > 0;
look(); // what a browser kept when one comes back
