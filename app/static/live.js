/* Pages about a class at work renew themselves. Without this file a link on the page opens it anew. */
const live = document.querySelector("[data-live]");
const EVERY = 2000; // milliseconds
const LONGEST = 30_000; // between two tries while there is no connection
const bar = live.querySelector(".renewed");
const said = bar.querySelector("[data-said]");
const pause = bar.querySelector("[data-pause]");
let mark = live.dataset.mark;
let wait = EVERY;
let timer;
let asking = false;
let over = false;

const say = (what) => {
  const text = bar.dataset[`said${what}`];
  if (said.textContent !== text) said.textContent = text;
};
const paused = () => pause.getAttribute("aria-pressed") === "true";
const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };

const showSeat = (item, seat) => {
  item.dataset.seat = seat.id;
  item.dataset.state = seat.state;
  put(item.querySelector("b"), seat.name);
  put(item.querySelector("span"), seat.text);
  item.querySelector("rect:last-child").setAttribute("width", seat.width);
};
/* Somebody joined, or a seat was removed: the list follows, in the order the server gives. */
const showSeats = (seats) => {
  const list = live.querySelector("[data-seats]");
  if (!list) return seats.length && location.reload(); // nobody was there when the page was made
  const items = new Map([...list.children].map((item) => [Number(item.dataset.seat), item]));
  const model = list.firstElementChild;
  const wanted = seats.map((seat) => {
    const item = items.get(seat.id) ?? model.cloneNode(true);
    showSeat(item, seat);
    return item;
  });
  if (wanted.length && (wanted.length !== list.children.length || wanted.some((item, n) => list.children[n] !== item))) list.replaceChildren(...wanted);
};
const show = ({ texts, widths, seats }) => {
  for (const element of live.querySelectorAll("[data-text]")) if (element.dataset.text in texts) put(element, texts[element.dataset.text]);
  for (const rect of live.querySelectorAll("[data-width]")) if (rect.dataset.width in widths) rect.setAttribute("width", widths[rect.dataset.width]);
  if (seats) showSeats(seats);
};

const stop = () => {
  over = true;
  pause.hidden = true;
  say("Stopped");
};
const ask = async () => {
  if (asking || over || paused() || document.hidden) return;
  asking = true;
  try {
    const answer = await fetch(live.dataset.live, { headers: { "If-None-Match": mark }, redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(10_000) });
    if (answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500)) return stop(); // signed out, or nothing is here any more
    if (answer.status >= 500) throw new Error(answer.status);
    if (answer.status === 200) {
      show(await answer.json());
      mark = answer.headers.get("ETag");
    }
    wait = EVERY;
    say("Live");
  } catch {
    wait = Math.min(2 * wait, LONGEST);
    say("Waiting");
  } finally {
    asking = false;
    next();
  }
};
const next = () => {
  clearTimeout(timer);
  if (!over && !paused() && !document.hidden) timer = setTimeout(ask, wait);
};

pause.hidden = false;
pause.addEventListener("click", () => {
  pause.setAttribute("aria-pressed", String(!paused()));
  if (paused()) return say("Paused");
  say("Live");
  ask();
});
/* A page that nobody looks at asks nothing; looked at again, it asks at once. */
document.addEventListener("visibilitychange", () => { clearTimeout(timer); ask(); });
say("Live");
next();
