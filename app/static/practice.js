/* A story goes on in the page: all its scenes are there, so nothing is asked of the server. Without this file each step is a form. */
const one = (what, where = document) => where.querySelector(what);
const all = (what, where = document) => [...where.querySelectorAll(what)];
const form = one("#story");
const story = one("[data-story]");
const log = one("[data-log]");
const calm = one("[data-calm]");
const closing = one("[data-closing]");
const again = one("[data-resume]");
const players = all("[data-player]");
const nodes = new Map(all("template[data-node]").map((t) => [t.dataset.node, t]));
const key = `p${one("[data-practice]").dataset.practice}`; // neutral: numbers of the lesson and the activity
const mine = "sitting" in story.dataset && `${story.dataset.sitting}:`; // what somebody else did in this tab is not taken up
const keep = (path) => { try { path && mine ? sessionStorage.setItem(key, mine + path) : sessionStorage.removeItem(key); } catch { /* not allowed here */ } };
const kept = () => { try { return sessionStorage.getItem(key) ?? ""; } catch { return ""; } };
const glide = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
let path, here, mood, me;

/* Whoever is played stands on the right. */
const place = (fragment) => {
  for (const line of all(".msg", fragment)) {
    if ("said" in line.dataset) {
      line.dataset.who = me.who;
      one(".who", line).firstChild.data = me.name;
    }
    const own = line.dataset.who === me.who;
    line.classList.toggle("me", own);
    line.classList.toggle("them", !own);
  }
  return [...fragment.childNodes];
};
const copy = (element) => place(element.cloneNode(true));

const show = () => {
  const { ending, skip, count } = nodes.get(here).dataset;
  const found = new Set(all("[data-trick]", log).map((e) => e.dataset.trick));
  for (const li of all("[data-found]")) li.hidden = !found.has(li.dataset.found);
  const left = all("[data-found]").length - found.size;
  for (const e of all("[data-left]")) e.hidden = !left;
  for (const e of all("[data-n]")) e.hidden = +e.dataset.n !== left;
  all(".lamps i").forEach((lamp, n) => lamp.classList.toggle("on", n === mood));
  all(".mood-w span").forEach((word, n) => { word.hidden = n !== mood; });
  const counter = one("[data-counter]");
  if (counter) {
    counter.hidden = !count;
    one("b", counter).textContent = count;
  }
  for (const b of all("[name=go][value=w]")) b.hidden = !skip;
  one("[name=go][value=back]").disabled = !path.length;
  closing.hidden = !ending;
  for (const e of all("[data-counted]")) e.hidden = Boolean(me.token);
  one("[data-open]").hidden = ending !== "open";
  form.path.value = [me.token, ...path].filter(Boolean).join(".");
};

/* What was chosen and what comes of it are one piece: of two that are added at once the later is read out first, of many lines only the last. */
const enter = (id, said = []) => {
  here = id;
  const scene = nodes.get(id).content;
  const turn = one("[data-scene]", scene).cloneNode(true);
  turn.prepend(...said, ...place(turn));
  log.append(turn);
  const ways = one("[data-ways]", form);
  ways.replaceChildren(...one("[data-ways]", scene).cloneNode(true).childNodes);
  ways.hidden = Boolean(nodes.get(id).dataset.ending);
};

/* One step on; what does not fit the story is passed over. */
const step = (token) => {
  const scene = nodes.get(here).content;
  const by = token[0] === "k" ? "keep" : token;
  const button = one(`[name=go][value="${by}"]`, scene);
  const to = token === "w" ? story.dataset.way : button?.dataset.to;
  if (!nodes.has(to)) return;
  const said = token === "w" ? one("template[data-skipped]").content : one(`[data-chosen="${by === "keep" ? by : button.dataset.choice}"]`, scene);
  mood = Math.min(Math.max(mood + Number(button?.dataset.shift ?? 0), 0), Math.max(all(".lamps i").length - 1, 0));
  path.push(token);
  enter(to, said ? copy(said) : []);
  if (by === "keep") all("[data-thing]", log.lastElementChild).forEach((li, n) => { one(`[data-was="${+token.slice(1).includes(n)}"]`, li).hidden = false; });
};

/* From the first scene on, without reading it all out again. */
const tell = (tokens) => {
  const player = tokens[0]?.[0] === "p" ? tokens.shift() : "";
  const as = players.find((b) => b.value === player)?.dataset;
  me = as ? { who: as.player, name: as.name, token: player } : { who: story.dataset.me, name: story.dataset.name, token: "" };
  [path, mood] = [[], Number(story.dataset.mood)];
  log.setAttribute("aria-live", "off");
  log.replaceChildren();
  enter(as?.to ?? story.dataset.start);
  tokens.forEach(step);
  show();
  setTimeout(() => log.removeAttribute("aria-live"), 500);
};

const rest = (pause) => {
  calm.hidden = !pause;
  for (const e of [story, ...all("[data-intro]")]) e.hidden = pause;
  closing.hidden = pause || !nodes.get(here).dataset.ending;
  pause ? one("h2", calm).focus() : attend();
};

/* After a step the focus is on what can be done next; at the end on what happened last. */
const attend = () => {
  const from = log.lastElementChild;
  const at = one("[data-ways]", form);
  const to = at.hidden ? from : at;
  to.tabIndex = -1;
  to.focus({ preventScroll: true });
  from.scrollIntoView({ block: "start", behavior: glide });
};

document.addEventListener("submit", (event) => {
  if (event.target !== form) return;
  if (event.submitter?.hasAttribute("formaction")) return keep(); // a student adds the way to the counts of the class
  event.preventDefault();
  again.hidden = true;
  const go = event.submitter?.value ?? "";
  if (go === "pause" || go === "resume") return rest(go === "pause");
  if (go === "back") tell([me.token, ...path.slice(0, -1)].filter(Boolean));
  else if (go === "again" || go[0] === "p") tell(go[0] === "p" ? [go] : []);
  else step(go === "keep" ? `k${all("[name=thing]", form).map((box, n) => (box.checked ? n : "")).join("")}` : go);
  show();
  keep(form.path.value);
  attend();
});

/* The first message is put together here and goes nowhere. */
closing.addEventListener("change", () => {
  one("[data-message]").hidden = false;
  one("#message-words").textContent = all(".slot :checked", closing).map((box) => box.nextElementSibling.textContent).join(" ");
});

/* Back in the same tab: the story can go on. Leaving quickly hides the page first; nothing of it stays then. */
const was = mine && kept().startsWith(mine) ? kept().slice(mine.length) : "";
tell(form.path.value ? form.path.value.split(".") : []);
if (!form.path.value && was) {
  again.hidden = false;
  one("button", again).addEventListener("click", () => {
    again.hidden = true;
    tell(was.split("."));
    attend();
  });
}
addEventListener("pagehide", () => { if (document.documentElement.hidden) keep(); });
