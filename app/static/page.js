/* Small comforts. Every page works without this file. */
const root = document.documentElement;
const all = (what, where = document) => [...where.querySelectorAll(what)];
const one = (what, where = document) => where.querySelector(what);

/* What only a script can do is hidden until there is one. */
for (const button of all("[data-copy], [data-print], [data-hidenames]")) button.hidden = false;

/* Another language is asked of the server, whatever else a page does with its form. */
addEventListener("submit", (event) => { if (event.submitter?.name === "language") event.stopPropagation(); }, true);

/* Feedback and lists of mistakes take the focus, so that they are read first. */
const first = one("[data-focus]");
first?.focus({ preventScroll: true });
first?.scrollIntoView({ block: "nearest" });

/* Copy borrowed words, a code or a link. */
for (const button of all("[data-copy]")) {
  const label = one("span", button) ?? button;
  const before = label.textContent;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText((source.value ?? source.innerText).trim());
      label.ariaLive = "polite"; // that it is done is said, and not that the button is as before
      label.textContent = button.dataset.done || "✓";
      setTimeout(() => { label.ariaLive = null; }, 1500);
      setTimeout(() => { label.textContent = before; }, 2500);
    } catch { /* not allowed here: the words stand on the page */ }
  });
}

for (const button of all("[data-print]")) button.addEventListener("click", () => print());
for (const button of all("[data-hidenames]")) {
  button.addEventListener("click", () => button.setAttribute("aria-pressed", document.body.classList.toggle("noname")));
}

/* Steps to put in order: buttons move a step and the places follow. Without a script each step has its list of places. */
for (const list of all("[data-order]")) {
  const steps = () => [...list.children];
  const place = (step) => Number(one("select", step).value) || steps().length;
  const arrange = (order) => {
    list.append(...order);
    order.forEach((step, n) => {
      one("select", step).value = n + 1;
      for (const button of all("[data-move]", step)) {
        button.setAttribute("aria-disabled", n + Number(button.dataset.move) < 0 || n + Number(button.dataset.move) >= order.length);
      }
    });
  };
  const move = (step, to, held) => {
    const order = steps().filter((other) => other !== step);
    const n = Math.min(Math.max(to, 0), order.length);
    order.splice(n, 0, step);
    arrange(order);
    held.focus();
    one("[data-order-said]", list.parentElement).textContent = list.dataset.said.replace("{step}", one("[id^=step-]", step).textContent.trim().replace(/[.!?]$/, "")).replace("{place}", n + 1);
  };
  for (const button of all("[data-move]", list)) button.hidden = false;
  arrange(steps().sort((a, b) => place(a) - place(b)));
  for (const empty of all("option[value='']", list)) empty.remove();
  list.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-move]");
    const step = button?.closest("li");
    if (step) move(step, steps().indexOf(step) + Number(button.dataset.move), button);
  });
  list.addEventListener("change", ({ target }) => move(target.closest("li"), Number(target.value) - 1, target));
}

/* The help panel closes on Esc and on a click beside it. */
const help = one(".helpnow");
if (help) {
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && help.open) {
      help.open = false;
      one("summary", help).focus();
    }
  });
  addEventListener("pointerdown", (event) => { if (help.open && !help.contains(event.target)) help.open = false; });
}

/* Two minutes before the session ends: say so without taking the focus, and offer to stay. What was sent in another tab counts here too. */
const stay = one("[data-stay]");
if (stay) {
  const BEFORE = 120_000; // milliseconds
  const [keep, close] = all("button", stay);
  const words = one("[aria-live]", stay);
  const tabs = window.BroadcastChannel && new BroadcastChannel("stay");
  let ends, fixed, timer;
  const say = (text, button) => {
    const focused = stay.contains(document.activeElement);
    stay.hidden = false;
    for (const b of [keep, close]) b.hidden = b !== button;
    if (focused) button.focus();
    setTimeout(() => { if (words.textContent !== text) words.textContent = text; }, 100); // a change in a region that is there already is what gets read out
  };
  const hide = () => {
    const focused = stay.contains(document.activeElement);
    stay.hidden = true;
    words.textContent = "";
    if (focused) one("main").focus();
  };
  const look = () => {
    const left = ends - Date.now();
    clearTimeout(timer);
    if (left <= 0) return say(stay.dataset.over, close);
    if (left <= BEFORE) fixed ? say(stay.dataset.soonMost, close) : say(stay.dataset.soon, keep);
    timer = setTimeout(look, left > BEFORE ? left - BEFORE : left);
  };
  const lasts = (idle, most) => {
    ends = Date.now() + 1000 * Math.min(idle, most);
    fixed = most <= idle;
    tabs?.postMessage({ ends, fixed });
  };
  tabs?.addEventListener("message", ({ data }) => {
    if (data.ends <= ends) return;
    ({ ends, fixed } = data);
    hide();
    look();
  });
  close.addEventListener("click", hide);
  stay.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(stay.action, { method: "POST", body: new URLSearchParams(new FormData(stay)), redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      const { idle, most } = await answer.json();
      lasts(idle, most);
      look();
      say(stay.dataset.stayed, close);
    } catch {
      ends > Date.now() ? say(stay.dataset.failed, keep) : look();
    }
  });
  for (const kind of ["visibilitychange", "pageshow"]) addEventListener(kind, look, true); // timers sleep with the device
  lasts(+stay.dataset.idle, +stay.dataset.most);
  look();
}

/* A table wider than the screen can be scrolled with the keyboard. */
for (const table of all(".prose table")) if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;

/* The outline follows the reader. */
const links = new Map(all(".toc a").map((a) => [a.hash.slice(1), a]));
if (links.size) {
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      for (const [id, a] of links) id === target.id ? a.setAttribute("aria-current", "step") : a.removeAttribute("aria-current");
    }
  }, { rootMargin: "-10% 0px -70%" });
  for (const id of links.keys()) {
    const heading = document.getElementById(id);
    if (heading) watch.observe(heading);
  }
}

/* Listen: voices of this device only, so that no text leaves it; one sentence at a time; never by itself. */
const listen = one("[data-listen]");
const voices = window.speechSynthesis;
if (listen && voices) {
  const lang = root.lang.slice(0, 2);
  const label = one("span", listen);
  const play = label.textContent;
  let queue = [];
  const voice = () => voices.getVoices()
    .filter((v) => v.localService && v.lang.slice(0, 2) === lang)
    .sort((a, b) => (b.lang === root.lang) - (a.lang === root.lang))[0];
  const show = () => { listen.hidden = !voice(); };
  const mark = (element) => {
    for (const e of all(".is-speaking")) e.classList.remove("is-speaking");
    element?.classList.add("is-speaking");
  };
  const stop = () => {
    queue = [];
    voices.cancel();
    mark();
    label.textContent = play;
    listen.setAttribute("aria-pressed", "false");
  };
  const next = () => {
    const [element, text] = queue.shift() ?? [];
    if (!element) return stop();
    const words = Object.assign(new SpeechSynthesisUtterance(text), { voice: voice(), lang: root.lang, rate: 0.95 });
    words.onstart = () => mark(element);
    words.onend = next;
    words.onerror = stop;
    voices.speak(words);
  };
  const sentences = (text) => window.Intl?.Segmenter
    ? [...new Intl.Segmenter(lang, { granularity: "sentence" }).segment(text)].map((s) => s.segment.trim())
    : text.split(/(?<=[.?!])\s+/);
  show();
  voices.addEventListener?.("voiceschanged", show);
  listen.addEventListener("click", () => {
    if (listen.getAttribute("aria-pressed") === "true") return stop();
    queue = all(listen.dataset.listen ? `#${listen.dataset.listen}` : "[data-say]").filter((e) => (e.checkVisibility?.() ?? e.offsetParent) && !e.parentElement.closest("[data-say]"))
      .flatMap((e) => sentences(e.innerText).filter(Boolean).map((s) => [e, s]));
    label.textContent = listen.dataset.stopLabel;
    listen.setAttribute("aria-pressed", "true");
    next();
  });
  addEventListener("pagehide", () => voices.cancel());
}
