/* How one picture travels: the same branching process as app/curriculum/spread.py, drawn as it runs. A test holds the two together. */
export const FRIENDS = 4, HOURS = 24, SLOWEST = 3, MOST = 300, TRIES = 200, RADIUS = 100;
const FINGERPRINT_HOUR = 3, FINGERPRINT_BLOCKS = 6, REPORT_BLOCKS = 7, WHOLE = 2 ** 32;
const TURN = [-7373688780, 6754902942];

export const mix = (v) => {
  v = Math.imul(v ^ (v >>> 16), 0x85EBCA6B);
  v = Math.imul(v ^ (v >>> 13), 0xC2B2AE35);
  return (v ^ (v >>> 16)) >>> 0;
};
const luck = (phone, friend, what) => mix(phone + Math.imul(0x9E3779B9, 1 + friend + FRIENDS * what)) / WHOLE;

const getsThrough = ({ reportHour, fingerprint }, hour, chance) => {
  let passes = 1;
  if (reportHour && hour > reportHour) passes = passes * (10 - REPORT_BLOCKS) / 10;
  if (fingerprint && hour > FINGERPRINT_HOUR) passes = passes * (10 - FINGERPRINT_BLOCKS) / 10;
  return chance < passes;
};

const send = (setting, phone, place, arriving) => {
  for (let friend = 0; friend < FRIENDS; friend++) {
    const sure = place === 0 && friend === 0;
    if (!sure && luck(phone.luck, friend, 0) >= setting.tenths / (10 * FRIENDS)) continue;
    const hour = phone.hour + 1 + Math.floor(luck(phone.luck, friend, 1) * SLOWEST);
    if (!sure && !getsThrough(setting, hour, luck(phone.luck, friend, 2))) continue;
    arriving[hour].push({ luck: mix(phone.luck + 1 + friend), hour, sender: place });
  }
};

export const run = (setting, seed, hours = HOURS) => {
  const phones = [{ luck: mix(seed), hour: 0, sender: -1 }];
  const arriving = Array.from({ length: HOURS + SLOWEST + 1 }, () => []);
  send(setting, phones[0], 0, arriving);
  for (let hour = 1; hour <= hours; hour++) {
    if (phones.length + arriving[hour].length > MOST) return { phones, hours: hour - 1, over: false };
    for (const phone of arriving[hour]) {
      phones.push(phone);
      if (!(setting.refuses && phone.luck === mix(phones[0].luck + 1))) send(setting, phone, phones.length - 1, arriving);
    }
  }
  return { phones, hours, over: !arriving.slice(hours + 1).some((all) => all.length) };
};

export const reached = ({ phones, hours }) => Array.from({ length: hours + 1 }, (_, hour) => phones.filter((p) => p.hour <= hour).length);

export const compare = (setting, seed) => {
  const without = run({ tenths: setting.tenths }, seed);
  const braked = run(setting, seed, without.hours);
  const got = new Set(braked.phones.map((p) => p.luck));
  const friend = mix(without.phones[0].luck + 1);
  return { without, braked, got, refusing: setting.refuses ? without.phones.findIndex((p) => p.luck === friend) : -1 };
};

export const many = (setting, seed) => {
  const all = Array.from({ length: TRIES }, (_, n) => compare(setting, seed + 1 + n));
  const middle = (which) => all.map((c) => c[which].phones.length).sort((a, b) => a - b)[(TRIES - 1) >> 1];
  const over = (which) => all.filter((c) => c[which].over).length;
  return { without: middle("without"), braked: middle("braked"), overWithout: over("without"), overBraked: over("braked") };
};

export const places = () => {
  const spots = [];
  for (let n = 0, x = 1, y = 0; n < MOST; n++) {
    const far = Math.sqrt(n / MOST) * (RADIUS - 5);
    spots.push([Math.floor(x * far * 10 + 0.5) / 10, Math.floor(y * far * 10 + 0.5) / 10]);
    [x, y] = [(x * TURN[0] - y * TURN[1]) / 1e10, (x * TURN[1] + y * TURN[0]) / 1e10];
  }
  return spots;
};

/* The page. Without this file it shows one run, and its form asks the server for another. */
const lab = globalThis.document?.querySelector(".lab-spread");
if (lab) {
  const one = (what, where = lab) => where.querySelector(what);
  const LEFT = 40, RIGHT = 470, TOP = 14, BOTTOM = 170, SECOND = 1000;
  const fill = (text, gaps) => text.replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const spots = places();
  const path = (all) => all.map(([x, y]) => `M${x} ${y}h0`).join("");
  const [clock, runs, luckier] = [one("[data-clock]"), one("[data-run]"), one("[data-luck]")];
  const at = one("[name=at]");
  const word = one("span", runs), start = word.textContent;
  const many200 = one("[data-many]");
  let result, seed = +lab.elements.seed.value, timer;

  const setting = () => {
    const on = (name) => one(`[value=${name}]`).checked;
    return { tenths: +one("[name=tenths]").value, refuses: on("refuses"), reportHour: on("report") ? +one("[name=hour]").value : 0, fingerprint: on("fingerprint") };
  };
  const braked = () => lab.querySelector("[name=brake]:checked") !== null;

  /* The value of a slider, for the eye and for the ear. */
  const tell = (name, value) => {
    one(`[data-out=${name}]`).textContent = value;
    one(`[name=${name}]`).setAttribute("aria-valuetext", value);
  };

  /* Everything at one hour of the run. */
  const show = (hour) => {
    const { without, got } = result;
    const till = without.phones.map((phone, i) => [phone, spots[i]]).filter(([phone]) => phone.hour <= hour);
    const at_ = (some) => path(some.map(([, spot]) => spot));
    const fresh = ([phone]) => phone.hour === hour && hour < without.hours;
    const sides = { without: till, with: till.filter(([phone]) => got.has(phone.luck)) };
    lab.querySelectorAll(".phones").forEach((svg, i) => {
      const own = sides[i ? "with" : "without"];
      one("[data-got]", svg).setAttribute("d", at_(own));
      one("[data-new]", svg).setAttribute("d", at_(own.filter(fresh)));
    });
    for (const [name, own] of Object.entries(sides)) one(`[data-count=${name}]`).textContent = own.length;
    at.value = hour;
    tell("at", hour);
    const x = LEFT + (RIGHT - LEFT) * hour / HOURS;
    one("[data-now]").setAttribute("d", hour < without.hours ? `M${x} ${TOP}V${BOTTOM}` : "");
  };

  const draw = () => {
    result = compare(setting(), seed);
    const { without, braked: own, refusing } = result;
    const counts = [reached(without), reached(own)], most = Math.max(20, ...counts[0]);
    const ring = path(without.phones.map((_, i) => spots[i]));
    for (const way of lab.querySelectorAll(".ph-ring, .ph-hole")) way.setAttribute("d", ring);
    lab.querySelectorAll("[data-curve]").forEach((way, i) => way.setAttribute("d", "M" + counts[i].map((n, h) => `${(LEFT + (RIGHT - LEFT) * h / HOURS).toFixed(1)} ${(BOTTOM - (BOTTOM - TOP) * n / most).toFixed(1)}`).join("L")));
    one("[data-most]").textContent = most;
    const svg = lab.querySelectorAll(".phones")[1];
    one(".ph-no", svg)?.remove();
    if (refusing > 0) {
      const dot = document.createElementNS(svg.namespaceURI, "path");
      dot.setAttribute("class", "ph-no");
      dot.setAttribute("d", path([spots[refusing]]));
      svg.append(dot);
    }
    const rows = counts[0].map((n, h) => [h, n, counts[1][h]]).filter(([h]) => h % 3 === 0 || h === without.hours);
    const body = one("[data-rows] tbody");
    const line = body.rows[0];
    body.replaceChildren(...rows.map((cells) => {
      const row = line.cloneNode(true);
      cells.forEach((n, i) => { row.cells[i].textContent = n; });
      return row;
    }));
    at.max = without.hours;
    one("[data-said]", many200).textContent = "";
    show(without.hours);
  };

  const say = () => {
    const { without, braked: own } = result, box = one(".outcome");
    const gaps = { hours: without.hours, without: without.phones.length, braked: own.phones.length, spared: without.phones.length - own.phones.length };
    const text = fill(without.hours < HOURS ? box.dataset.full : box.dataset.said, gaps);
    box.textContent = braked() ? text + (own.over ? ` ${box.dataset.over}` : "") : box.dataset.alike;
  };

  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    word.textContent = start;
  };
  const play = () => {
    let hour = +at.value >= result.without.hours ? 0 : +at.value;
    if (matchMedia("(prefers-reduced-motion:reduce)").matches) return show(result.without.hours), say();
    word.textContent = runs.dataset.pause;
    show(hour);
    timer = setInterval(() => {
      show(++hour);
      if (hour >= result.without.hours) stop(), say();
    }, SECOND / 4);
  };

  lab.addEventListener("submit", (event) => {
    event.preventDefault();
    if (timer) return stop();
    if (event.submitter === luckier) {
      lab.elements.seed.value = ++seed;
      draw();
    }
    play();
  });
  lab.addEventListener("input", ({ target }) => {
    stop();
    if (target === at) return show(+at.value);
    tell("tenths", number.format(one("[name=tenths]").value / 10));
    tell("hour", one("[name=hour]").value);
    if (target.name === "hour") one("[value=report]").checked = true;
    draw();
  });
  lab.addEventListener("change", ({ target }) => { if (target !== at) say(); }); // once, when a slider is let go
  one("button", many200).addEventListener("click", () => {
    const { without, braked: own, overWithout, overBraked } = many(setting(), seed), box = one("[data-said]", many200);
    box.textContent = fill(box.dataset.said, { without, braked: own, over: overBraked, bare: overWithout });
  });
  clock.hidden = many200.hidden = false;
  draw();
}
