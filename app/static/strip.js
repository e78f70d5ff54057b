/* A row that scrolls sideways begins before the present one, so that its neighbours are seen, and follows the focus. Without this file the
   present one alone is in sight, and the row opens while the focus is in it. */
for (const strip of document.querySelectorAll(".strip")) {
  strip.scrollLeft = strip.querySelector(":scope > :is([aria-current], .here)")?.previousElementSibling?.offsetLeft ?? 0;
  strip.addEventListener("focusin", ({ target }) => target.scrollIntoView({ inline: "nearest", block: "nearest" }));
}
