/* Fingerprints of pictures: the same whole numbers as app/curriculum/fingerprint.py and pictures.py. A test holds them together. */
export const WIDTH = 160, HEIGHT = 120, COLUMNS = 9, ROWS = 8, BITS = 64, MATCH = 10;
const GRAIN = 3;

const mix = (v) => {
  v = Math.imul(v ^ (v >>> 16), 0x85EBCA6B);
  v = Math.imul(v ^ (v >>> 13), 0xC2B2AE35);
  return (v ^ (v >>> 16)) >>> 0;
};
const clamp = (v) => Math.min(255, Math.max(0, v));
const range = (n) => Array.from({ length: n }, (_, i) => i);

/* Painting the shapes. */
const painted = ([kind, greys, ...rest]) => {
  const corners = Array.isArray(greys) ? greys : [greys, greys, greys, greys];
  const at = Array.isArray(rest[0]) ? rest[0] : rest;
  const ends = kind === "l" ? at.slice(1) : at;
  const wide = kind === "l" ? at[0] : 0;
  const xs = ends.filter((_, i) => i % 2 === 0), ys = ends.filter((_, i) => i % 2);
  const box = kind === "o" ? [at[0] - at[2], at[1] - at[3], at[0] + at[2], at[1] + at[3]]
    : [Math.min(...xs) - wide, Math.min(...ys) - wide, Math.max(...xs) + wide, Math.max(...ys) + wide];
  return { kind, corners, at, box };
};
const onLine = ([wide, x1, y1, x2, y2], x, y) => {
  const dx = x2 - x1, dy = y2 - y1, along = (x - x1) * dx + (y - y1) * dy, length = dx * dx + dy * dy;
  if (along <= 0 || along >= length) {
    const [ex, ey] = along <= 0 ? [x1, y1] : [x2, y2];
    return 4 * ((x - ex) ** 2 + (y - ey) ** 2) <= wide * wide;
  }
  return 4 * ((x - x1) * dy - (y - y1) * dx) ** 2 <= wide * wide * length;
};
const inside = (at, x, y) => {
  let odd = false;
  for (let i = 0; i < at.length; i += 2) {
    const j = (i + at.length - 2) % at.length;
    const x1 = at[j], y1 = at[j + 1], x2 = at[i], y2 = at[i + 1];
    if ((y1 > y) === (y2 > y)) continue;
    const side = (x - x1) * (y2 - y1) - (y - y1) * (x2 - x1);
    if (y2 > y1 ? side < 0 : side > 0) odd = !odd;
  }
  return odd;
};
const holds = ({ kind, at, box }, x, y) => {
  if (x < box[0] || x > box[2] || y < box[1] || y > box[3]) return false;
  if (kind === "o") return (x - at[0]) ** 2 * at[3] ** 2 + (y - at[1]) ** 2 * at[2] ** 2 <= at[2] ** 2 * at[3] ** 2;
  return kind === "l" ? onLine(at, x, y) : inside(at, x, y);
};
const greyAt = ({ corners: [a, b, c, d], box: [left, top, right, bottom] }, x, y) => {
  const across = Math.max(1, right - left), down = Math.max(1, bottom - top);
  const upper = a * (right - x) + b * (x - left), lower = c * (right - x) + d * (x - left);
  return Math.floor((upper * (bottom - y) + lower * (y - top)) / (across * down));
};
export const paint = (shapes) => {
  const all = shapes.map(painted).reverse();
  const values = new Uint8Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      let sum = 0;
      for (const dy of [1, 3]) for (const dx of [1, 3]) {
        const px = 4 * x + dx, py = 4 * y + dy;
        sum += greyAt(all.find((shape) => holds(shape, px, py)), px, py);
      }
      values[y * WIDTH + x] = clamp(Math.floor(sum / 4) + mix(y * WIDTH + x + 1) % (2 * GRAIN + 1) - GRAIN);
    }
  }
  return { width: WIDTH, height: HEIGHT, values };
};

/* Areas, and what is made from them. */
const shares = (length, parts, i) => {
  const begin = i * length, end = (i + 1) * length, cell = [];
  for (let n = Math.floor(begin / parts); n * parts < end; n++) cell.push([n, Math.min(end, (n + 1) * parts) - Math.max(begin, n * parts)]);
  return cell;
};
export const areas = ({ width, height, values }, columns, rows) => {
  const across = range(columns).map((i) => shares(width, columns, i));
  const narrow = range(height).map((y) => across.map((cell) => cell.reduce((sum, [x, share]) => sum + values[y * width + x] * share, 0)));
  return range(rows).map((i) => {
    const cell = shares(height, rows, i);
    return range(columns).map((x) => cell.reduce((sum, [y, share]) => sum + narrow[y][x] * share, 0));
  });
};
export const lookalike = (picture) => areas(picture, COLUMNS, ROWS).map((row) => range(COLUMNS - 1).map((i) => row[i + 1] > row[i] ? 1 : 0).join("")).join("");
export const distance = (one, other) => [...one].filter((bit, i) => bit !== other[i]).length;

/* Changes. */
const made = (width, height, value) => {
  const values = new Uint8Array(width * height);
  for (let y = 0, n = 0; y < height; y++) for (let x = 0; x < width; x++) values[n++] = value(x, y);
  return { width, height, values };
};
const at = ({ width, values }) => (x, y) => values[y * width + x];
export const mirrored = (p) => made(p.width, p.height, (x, y) => at(p)(p.width - 1 - x, y));
export const turned = (p) => made(p.height, p.width, (x, y) => at(p)(y, p.height - 1 - x));
export const cropped = (p, percent, corner) => {
  const across = Math.floor(p.width * percent / 100), down = Math.floor(p.height * percent / 100);
  const left = corner ? 0 : across >> 1, top = corner ? 0 : down >> 1;
  return made(p.width - across, p.height - down, (x, y) => at(p)(left + x, top + y));
};
export const resized = (p, percent) => {
  const width = Math.max(COLUMNS, Math.floor((p.width * percent + 50) / 100)), height = Math.max(ROWS, Math.floor((p.height * percent + 50) / 100));
  const cells = areas(p, width, height), whole = p.width * p.height;
  return made(width, height, (x, y) => Math.floor((cells[y][x] + Math.floor(whole / 2)) / whole));
};
const lit = (p, percent) => made(p.width, p.height, (x, y) => Math.min(255, Math.floor((at(p)(x, y) * (100 + percent) + 50) / 100)));

const TABLE = [16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
  18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99];
const ONE = 8192;
const COSINES = range(8).map((u) => range(8).map((x) => Math.round(ONE * (u ? 0.5 : Math.sqrt(0.125)) * Math.cos((2 * x + 1) * u * Math.PI / 16))));
const BACK = range(8).map((x) => range(8).map((u) => COSINES[u][x]));
const bothWays = (block, by) => {
  const half = block.map((line) => by.map((row) => row.reduce((sum, v, i) => sum + v * line[i], 0)));
  return by.map((row) => range(8).map((c) => row.reduce((sum, v, i) => sum + v * half[i][c], 0)));
};
export const savedAgain = (p, quality) => {
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  const steps = TABLE.map((step) => Math.min(255, Math.max(1, Math.floor((step * scale + 50) / 100))));
  const values = new Uint8Array(p.width * p.height);
  for (let top = 0; top < p.height; top += 8) for (let left = 0; left < p.width; left += 8) {
    const block = range(8).map((y) => range(8).map((x) => at(p)(Math.min(left + x, p.width - 1), Math.min(top + y, p.height - 1)) - 128));
    const waves = bothWays(block, COSINES).map((row, u) => row.map((v, i) => {
      const step = steps[8 * u + i] * ONE * ONE;
      return Math.floor((2 * v + step) / (2 * step)) * steps[8 * u + i];
    }));
    const back = bothWays(waves, BACK);
    for (let y = 0; y < Math.min(8, p.height - top); y++) for (let x = 0; x < Math.min(8, p.width - left); x++) {
      values[(top + y) * p.width + left + x] = clamp(Math.floor((2 * back[y][x] + ONE * ONE) / (2 * ONE * ONE)) + 128);
    }
  }
  return { ...p, values };
};
export const changed = (picture, { crop = 0, corner = false, mirror = false, turn = false, size = 100, light = 0, quality = 100 }) => {
  let p = picture;
  if (crop) p = cropped(p, crop, corner);
  if (mirror) p = mirrored(p);
  if (turn) p = turned(p);
  if (size !== 100) p = resized(p, size);
  if (light) p = lit(p, light);
  return quality === 100 ? p : savedAgain(p, quality);
};
export const eight = (p) => [p, mirrored(p)].flatMap((start) => {
  const all = [start];
  while (all.length < 4) all.push(turned(all.at(-1)));
  return all;
});

/* SHA-256 (FIPS 180-4): the browser's own; where a page without https has none, this one. */
const primes = (n) => range(400).slice(2).filter((p) => range(p).slice(2).every((d) => p % d)).slice(0, n);
const part = (v) => Math.floor((v - Math.floor(v)) * 2 ** 32) >>> 0;
export const plainSha256 = (bytes) => {
  const k = primes(64).map((p) => part(Math.cbrt(p))), h = primes(8).map((p) => part(Math.sqrt(p)));
  const blocks = new DataView(new ArrayBuffer(Math.ceil((bytes.length + 9) / 64) * 64));
  bytes.forEach((byte, i) => blocks.setUint8(i, byte));
  blocks.setUint8(bytes.length, 0x80);
  blocks.setUint32(blocks.byteLength - 4, bytes.length * 8);
  const turn = (v, n) => (v >>> n) | (v << (32 - n));
  for (let start = 0; start < blocks.byteLength; start += 64) {
    const w = range(16).map((i) => blocks.getUint32(start + 4 * i));
    for (let i = 16; i < 64; i++) {
      const a = w[i - 15], b = w[i - 2];
      w[i] = (w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))) >>> 0;
    }
    let [a, b, c, d, e, f, g, last] = h;
    for (let i = 0; i < 64; i++) {
      const one = (last + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + k[i] + w[i]) >>> 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) >>> 0;
      [a, b, c, d, e, f, g, last] = [(one + two) >>> 0, a, b, c, (d + one) >>> 0, e, f, g];
    }
    [a, b, c, d, e, f, g, last].forEach((v, i) => { h[i] = (h[i] + v) >>> 0; });
  }
  return h.map((v) => v.toString(16).padStart(8, "0")).join("");
};
export const exact = async ({ width, height, values }) => {
  const bytes = new Uint8Array([width >> 8, width & 255, height >> 8, height & 255, ...values]);
  if (!globalThis.crypto?.subtle) return plainSha256(bytes);
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((v) => v.toString(16).padStart(2, "0")).join("");
};

/* The page. Without this file it shows one picture with its fingerprints and a table of worked examples. */
const lab = globalThis.document?.querySelector(".lab-prints");
if (lab) {
  const one = (what, where = lab) => where.querySelector(what);
  const all = (what, where = lab) => [...where.querySelectorAll(what)];
  const fill = (text, gaps) => text.replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
  const shapes = JSON.parse(lab.dataset.shapes);
  const INKS = [[0, 0x0D2126], [96, 0x1E6E76], [176, 0x9FCFCC], [232, 0xF6EED2], [255, 0xFFD97A]];
  const colour = range(256).map((grey) => {
    const n = INKS.findIndex(([high]) => high >= grey) || 1, [low, a] = INKS[n - 1], [high, b] = INKS[n];
    return [16, 8, 0].map((shift) => Math.round((((a >> shift) & 255) * (high - grey) + ((b >> shift) & 255) * (grey - low)) / (high - low)));
  });
  const painted_ = new Map();
  const [figure, set, verdict, mine] = ["[data-changed]", "[data-set]", "[data-verdict]", "[data-mine]"].map((what) => one(what));
  const canvas = one("canvas"), before = one("[data-before]"), names = all("[name=picture]").map((radio) => radio.value), alts = before.dataset.alts.split("|");
  const sources = all(".thumbs img").map((img) => img.src);
  const words = Object.fromEntries(all("[data-out]").map((out) => [out.dataset.out, out.textContent]));
  let asked = 0;

  const picture = () => {
    const name = one("[name=picture]:checked").value;
    if (!painted_.has(name)) painted_.set(name, paint(shapes[name]));
    return painted_.get(name);
  };
  const change = () => {
    const value = (name) => +one(`[name=${name}]`).value, on = (name) => one(`[name=${name}]`).checked;
    return { crop: value("crop"), size: value("size"), light: value("light"), quality: value("quality"), corner: on("corner"), mirror: on("mirror"), turn: on("turn") };
  };
  const show = ({ width, height, values }) => {
    Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d"), image = pen.createImageData(width, height);
    values.forEach((grey, i) => image.data.set([...colour[grey], 255], 4 * i));
    pen.putImageData(image, 0, 0);
  };
  const bits = (svg, own, other = own) => {
    const dots = (wanted, form) => [...own].map((bit, i) => wanted(bit, i) ? form(i % 8 * 10, Math.floor(i / 8) * 10) : "").join("");
    one("[data-ones]", svg).setAttribute("d", dots((bit) => bit === "1", (x, y) => `M${x + 2} ${y + 5}h6`));
    one("[data-off]", svg).setAttribute("d", dots((bit, i) => bit !== other[i], (x, y) => `M${x + 1} ${y + 1}h8v8h-8z`));
  };
  const found = (id) => {
    const item = one(`[data-try=${id}]`);
    item.classList.add("is-found");
    one("[data-found]", item).hidden = false;
  };

  const draw = async () => {
    const own = picture(), how = change(), other = changed(own, how), eights = one("[name=eight]").checked;
    const prints = [own, other].map(lookalike), ticket = ++asked;
    const far = Math.min(...(eights ? eight(own).map(lookalike) : [prints[0]]).map((print) => distance(print, prints[1])));
    const same = far <= MATCH;
    show(other);
    all(".bits").forEach((svg, i) => bits(svg, prints[i], prints[0]));
    one("[data-dot]").setAttribute("cx", far * 10);
    const status = one("[data-said]", verdict), judged = same ? lab.dataset.same : lab.dataset.other;
    const text = fill(eights ? status.dataset.eight : status.dataset.said, { n: far, verdict: judged, match: MATCH });
    if (status.textContent !== text) status.textContent = text;
    const [first, second] = await Promise.all([exact(own), exact(other)]);
    if (ticket !== asked) return; // something newer is on its way
    for (const [name, value] of [["before", first], ["after", second]]) one(`[data-exact=${name}]`).textContent = `${value.slice(0, 16)}…`;
    one("[data-exact=after]").classList.toggle("is-other", first !== second);
    const said = one("[data-exact-said]");
    said.textContent = first === second ? said.dataset.same : said.dataset.other;
    [first === second ? lab.dataset.same : lab.dataset.other, `${distance(...prints)}`, eights ? `${far} · ${judged}` : "–"].forEach((cell, i) => { mine.cells[i + 1].textContent = cell; });
    const only = (name) => Object.entries({ ...how, [name]: 0 }).every(([key, value]) => key === name || !value || value === 100 || key === "corner");
    if (first !== second && distance(...prints) <= 3) found("same");
    if (how.crop && only("crop") && !same) found("breaks");
    if (how.mirror && eights && same) found("mirror");
  };
  const tell = () => {
    for (const input of all("[type=range]")) {
      const out = one(`[data-out=${input.name}]`), unit = input.dataset.unit;
      out.textContent = unit ? `${input.name === "light" && input.value > 0 ? "+" : ""}${input.value}\u00a0${unit}` : input.value === input.max ? words[input.name] : input.value;
      input.setAttribute("aria-valuetext", out.textContent);
    }
  };
  const pick = () => {
    const n = names.indexOf(one("[name=picture]:checked").value);
    Object.assign(before, { src: sources[n], alt: alts[n] });
  };

  lab.addEventListener("input", () => {
    pick();
    tell();
    draw();
  });
  one("[data-reset]").addEventListener("click", () => {
    for (const input of all("[type=range]", set)) input.value = input.defaultValue;
    for (const input of all("[type=checkbox]", set)) input.checked = false;
    tell();
    draw();
  });
  for (const radio of all("[name=picture]")) radio.disabled = false;
  for (const part of [figure, set, verdict, mine, one("[data-tries]")]) part.hidden = false;
  tell();
  draw();
}
