/* Lessons on this device: filled where a student is signed in, shown where there is no connection. worker.js does the work. */
const one = (what, where = document) => where.querySelector(what);
const all = (what, where = document) => [...where.querySelectorAll(what)];
const home = one("[data-keep]");
const device = one("[data-device]");
const quiz = one("[data-quiz]");
const told = one("[data-told]");
const WORKER = "/worker.js";
const TRY_AGAIN = 20_000; // milliseconds

let worker; // the registration, where there is one
const ask = (what, more = {}) => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => resolve(data);
  worker.active.postMessage({ ask: what, ...more }, [port2]);
});

/** How many of one's own answers are on their way, said once. */
function say({ waiting = 0, over = 0 }, saved = false) {
  const { waitingOne, waiting: many, saved: all, over: late } = told.dataset;
  let text = "";
  if (waiting) text = waiting === 1 ? waitingOne : many.replace("{n}", waiting);
  else if (over && late) text = late;
  else if (saved) text = all;
  if (told.textContent !== text) told.textContent = text;
}

/* The page of whoever is signed in: their lessons are fetched when nothing else is to do, and nothing is fetched where bytes are dear. */
async function keepLessons() {
  const url = window.trustedTypes?.createPolicy("worker", { createScriptURL: () => WORKER }).createScriptURL("") ?? WORKER;
  await navigator.serviceWorker.register(url, { updateViaCache: "none" });
  worker = await navigator.serviceWorker.ready;
  const idle = window.requestIdleCallback ?? ((then) => setTimeout(then, 1000));
  await document.fonts.ready;
  await new Promise((resolve) => idle(resolve, { timeout: 5000 }));
  const files = performance.getEntriesByType("resource").map(({ name }) => new URL(name)).filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/static/")).map(({ pathname }) => pathname);
  say(await ask("fill", { locale: home.dataset.keep, files, pages: !navigator.connection?.saveData }));
}

/* Which lessons are here. */
async function showDevice() {
  const now = await ask("state");
  let any = false;
  for (const { number, band, items, done } of now.lessons ?? []) {
    const line = one(`[data-lesson="${number}"]`, device);
    const read = line && one(`[data-band="${band}"]`, line);
    if (!read || !(await caches.match(read.pathname))) continue;
    any = true;
    line.hidden = read.hidden = false;
    one("[data-questions]", line).hidden = !items || items.every((mark) => mark in done);
  }
  one("[data-lessons]").hidden = one("[data-whose]").hidden = !any;
  one("[data-none]").hidden = any;
  say(now);
}

/* The questions, one after the other. */
function choiceIn(section, button) {
  if (button?.value) return button.value;
  const { kind } = section.dataset;
  if (kind === "single") return one("input:checked", section)?.value ?? "";
  if (kind === "several" || kind === "find") return all("input:checked", section).map(({ name }) => name.slice(5)).join("+");
  const given = all("select", section).map(({ name, value }) => [name.slice(5), value]);
  if (given.some(([, value]) => !value)) return "";
  if (kind === "match") return given.map((pair) => pair.join("=")).join("+");
  return new Set(given.map(([, value]) => value)).size < given.length ? "" : given.sort((a, b) => a[1] - b[1]).map(([id]) => id).join(">");
}

function showQuiz() {
  const number = Number(quiz.dataset.quiz);
  const onward = one("[data-onward]", quiz);
  const end = one("[data-end]", quiz);
  const words = one("[data-last]", onward);
  const next = words.textContent;
  let lesson, present, seat; // whoever signs in after, in another tab, does not answer here

  const update = async () => {
    const now = await ask("state");
    lesson = now.lessons?.find((one) => one.number === number);
    seat ??= lesson?.seat;
    const done = Object.values(lesson?.done ?? {});
    say({ waiting: done.filter((id) => typeof id === "string").length, over: done.filter((id) => id === false).length }, present && lesson?.done[present.dataset.mark] === true);
    one("[data-when-kept]", end).hidden = !told.textContent || !now.waiting;
  };
  const following = () => lesson.items.find((mark) => !(mark in lesson.done));
  const place = (mark) => {
    const n = lesson.items.indexOf(mark);
    one("[data-segs]").replaceChildren(...lesson.items.map((item, i) => Object.assign(document.createElement("i"), { className: i === n ? "now" : item in lesson.done ? "on" : "" })));
    const text = one("[data-place]");
    text.textContent = text.dataset.place.replace("{n}", n + 1).replace("{total}", lesson.items.length);
  };
  const show = () => {
    const mark = following();
    if (present) present.hidden = true;
    present = mark && one(`[data-mark="${mark}"]`, quiz);
    onward.hidden = true;
    end.hidden = Boolean(present);
    one("[data-head]").hidden = !present;
    if (!present) return end;
    present.hidden = false;
    place(mark);
    return one("input, select", present);
  };

  quiz.addEventListener("submit", async (event) => {
    event.preventDefault();
    const section = event.target.closest("section");
    const choice = choiceIn(section, event.submitter);
    const error = one("[data-err]", section);
    error.hidden = Boolean(choice);
    if (!choice) return error.focus();
    const buttons = all("button[type=submit]", section);
    for (const button of buttons) button.disabled = true;
    const { did } = await ask("keep", { number, seat, item: section.dataset.item, choice, locale: quiz.dataset.locale });
    for (const button of buttons) button.disabled = false;
    await update();
    if (!did) {
      told.textContent = told.dataset.failed; // nothing was kept, and nothing says so
      return;
    }
    one(".actions", section).hidden = true;
    one("fieldset", section).disabled = true;
    const said = one(`[data-said="${choice}"]`, section) ?? one('[data-said=""]', section);
    said.hidden = false;
    words.textContent = following() ? next : words.dataset.last;
    onward.hidden = false;
    said.focus();
  });
  one("button", onward).addEventListener("click", () => show()?.focus());

  return (async () => {
    await update();
    if (!lesson?.items) return;
    one("[data-none]").hidden = true;
    one("[data-whose]").hidden = false;
    show();
    navigator.serviceWorker.addEventListener("message", update);
  })();
}

async function start() {
  if (!navigator.serviceWorker || !window.indexedDB || !crypto.subtle) return;
  if (home) return keepLessons();
  worker = await navigator.serviceWorker.getRegistration("/");
  if (!worker?.active) return;
  one("[data-forget]").addEventListener("click", async () => {
    await ask("clear");
    location.reload();
  });
  await (quiz ? showQuiz() : showDevice());
  if (device) navigator.serviceWorker.addEventListener("message", showDevice);
  const send = () => { if (told.textContent) ask("send"); };
  addEventListener("online", send);
  setInterval(send, TRY_AGAIN);
}
if (home || device || quiz) start().catch(() => {}); // without it the site works as it did
