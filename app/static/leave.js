/* Leave quickly. Without this file the link itself leads out through the server. */
const root = document.documentElement;
const title = document.title;
const way = document.querySelector("a[data-exit]");
const WITHIN = 5000; // three presses of Shift, in milliseconds

/** Hide first, then replace this page in the history, so that Back does not return to it. */
function leave() {
  root.hidden = true;
  document.title = "\u200b";
  const { exit, leave: end } = way.dataset;
  if (end) {
    const csrf = document.querySelector("input[name=csrf]")?.value ?? "";
    navigator.sendBeacon?.(end, new URLSearchParams({ csrf })); // ends the session of whoever is signed in
  }
  location.replace(exit || way.href);
}

if (way) {
  for (const a of document.querySelectorAll("a[data-exit]")) {
    a.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
  }

  // Shift alone, three times. Any other key, a click or a syllable being composed starts the count anew:
  // nobody is thrown out for typing capitals or ㅆ.
  let times = [];
  let alone = false;
  const again = () => { times = []; alone = false; };
  addEventListener("keydown", (event) => {
    if (event.key !== "Shift" || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) again();
    else if (!event.repeat) alone = true;
  }, true);
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    times = [...times.filter((t) => event.timeStamp - t < WITHIN), event.timeStamp];
    if (times.length >= 3) leave();
  }, true);
  for (const kind of ["pointerdown", "compositionstart", "blur"]) addEventListener(kind, again, true);

  // Brought back from the browser's memory: show the page, not a blank one.
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      root.hidden = false;
      document.title = title;
    }
  });
}
