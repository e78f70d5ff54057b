/* Who may use the camera: the answer comes in place. Without this file the form brings it from the server. */
const lab = document.querySelector(".lab-perms");
const one = (what, where = lab) => where.querySelector(what);
const all = (what, where = lab) => [...where.querySelectorAll(what)];
const fill = (text, gaps) => text.replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
const result = one("[data-result]");
let checked = !result.hidden;

const count = () => {
  for (const device of all(".device")) {
    const line = one("[data-counts]", device);
    line.textContent = fill(line.dataset.counts, { n: all(":checked", device).length });
  }
};

const judge = () => {
  const apps = all("[data-app]").map((app) => ({ app, needs: app.dataset.needs === "1", on: one("input", app).checked }));
  for (const { app, needs, on } of apps) {
    one("[data-why]", app).hidden = false;
    one("[data-when=good]", app).hidden = needs !== on;
    one("[data-when=other]", app).hidden = needs === on;
  }
  const found = apps.filter(({ needs, on }) => !needs && !on).length, missed = apps.some(({ needs, on }) => needs && !on);
  const line = one("[data-found]"), every = +line.dataset.all;
  line.textContent = fill(line.dataset.found, { n: found, all: every });
  one("[data-more]").hidden = found === every;
  one("[data-missed]").hidden = !missed;
  one("[data-done]").hidden = found !== every || missed;
  result.classList.toggle("note-leaf", found === every && !missed);
  result.classList.toggle("note-lamp", found !== every || missed);
  result.hidden = false;
};

lab.addEventListener("change", () => {
  count();
  if (checked) judge();
});
lab.addEventListener("submit", (event) => {
  event.preventDefault();
  checked = true;
  lab.elements.checked.disabled = false;
  judge();
  result.scrollIntoView({ block: "nearest" });
});
