/* Small comforts. Every page works without this file. */
const root = document.documentElement;
const all = (what, where = document) => [...where.querySelectorAll(what)];
const one = (what, where = document) => where.querySelector(what);

/* What only a script can do is hidden until there is one. */
for (const button of all("[data-copy], [data-print], [data-hidenames]")) button.hidden = false;

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
      label.textContent = button.dataset.done || "✓";
      setTimeout(() => { label.textContent = before; }, 2500);
    } catch { /* not allowed here: the words stand on the page */ }
  });
}

for (const button of all("[data-print]")) button.addEventListener("click", () => print());
for (const button of all("[data-hidenames]")) {
  button.addEventListener("click", () => button.setAttribute("aria-pressed", document.body.classList.toggle("noname")));
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
    queue = all("[data-say]").filter((e) => e.checkVisibility?.() ?? e.offsetParent)
      .flatMap((e) => sentences(e.innerText).filter(Boolean).map((s) => [e, s]));
    label.textContent = listen.dataset.stopLabel;
    listen.setAttribute("aria-pressed", "true");
    next();
  });
  addEventListener("pagehide", () => voices.cancel());
}
