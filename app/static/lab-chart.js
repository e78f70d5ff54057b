/* A chart to mend: drawn again with each choice, as app/curriculum/charting.py draws it. Without this file a button asks the server. */
export const WIDTH = 320, LEFT = 8, BOTTOM = 168, TOP = 22;
const tenth = (v) => Math.round(v * 10) / 10;
export const bars = (values, low, high) => {
  const room = (WIDTH - 2 * LEFT) / values.length;
  return values.map((value, n) => {
    const height = tenth((BOTTOM - TOP) * Math.max(0, value - low) / (high - low));
    return { x: tenth(LEFT + room * n + room * 0.15), y: tenth(BOTTOM - height), width: tenth(room * 0.7), height };
  });
};

const lab = globalThis.document?.querySelector(".lab");
if (lab) {
  const one = (what, where = lab) => where.querySelector(what);
  const all = (what, where = lab) => [...where.querySelectorAll(what)];
  const fill = (text, gaps) => text.replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const shapes = JSON.parse(lab.dataset.shapes);

  const draw = (poster) => {
    const own = shapes[poster.dataset.poster];
    const chosen = Object.fromEntries(all("[data-fix]", poster).map((fix) => [fix.dataset.fix, one(":checked", fix)]));
    const words = (name) => one("span", chosen[name].parentElement).textContent;
    const [values, names] = own.bars[chosen.period.value], [low, high] = own.axes[chosen.base.value];
    one("[data-title]", poster).textContent = words("title");
    one("[data-unit]", poster).textContent = words("unit");
    const axis = one("[data-axis]", poster), looks = one("[data-looks]", poster);
    axis.textContent = fill(axis.dataset.axis, { low: number.format(low), high: number.format(high) });
    const times = values[0] > low ? tenth((values.at(-1) - low) / (values[0] - low)) : 0;
    looks.textContent = times ? fill(looks.dataset.looks, { times: number.format(times) }) : "";
    const rows = all("[data-row]", poster);
    bars(values, low, high).forEach(({ x, y, width, height }, n) => {
      const group = all("[data-bar]", poster)[n], text = one(".ba-n", group);
      Object.entries({ x, y, width, height }).forEach(([name, value]) => one("rect", group).setAttribute(name, value));
      text.setAttribute("y", y - 6);
      text.textContent = rows[n].cells[1].textContent = number.format(values[n]);
      one("[data-name]", group).textContent = rows[n].cells[0].textContent = names[n];
    });
    const mended = all("[data-fix]", poster).filter((fix) => one(":checked", fix).value === fix.dataset.right).length, line = one("[data-mended]", poster);
    line.textContent = fill(line.dataset.mended, { n: mended });
    one("[data-done]", poster).hidden = mended < 4;
  };

  lab.addEventListener("change", ({ target }) => {
    const fix = target.closest("[data-fix]");
    for (const said of all("[data-said]", fix)) said.hidden = said.dataset.said !== target.value;
    draw(target.closest("[data-poster]"));
  });
  lab.addEventListener("submit", (event) => event.preventDefault());
  for (const button of all("[data-plain]")) button.hidden = true;
}
