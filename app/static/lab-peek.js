/* What a photo's file says beside its picture, read in the page from the bytes of this site's own photos. Nothing is sent or kept.
   The rules are those of app/curriculum/exif.py. Without this file the form asks the server, which has read the same bytes. */
/* The most fields of one list; more is not believed. */
const MOST_FIELDS = 100;
/* Bytes of one value: text, short, long, fraction. */
const SIZES = { 2: 1, 3: 2, 4: 4, 5: 8 };

/* The whole number there; 0 outside the file. */
const number = (data, at, size, little) => {
  if (at < 0 || at + size > data.length) return 0;
  let n = 0;
  for (let i = 0; i < size; i++) n = n * 256 + data[little ? at + size - 1 - i : at + i];
  return n;
};

/* [mark, from, to] of the parts before the picture itself. */
const parts = (data) => {
  const found = [];
  let at = number(data, 0, 2) === 0xffd8 ? 2 : data.length;
  while (number(data, at, 1) === 0xff && ![0xda, 0xd9].includes(number(data, at + 1, 1))) {
    const end = at + 2 + number(data, at + 2, 2);
    if (end < at + 4 || end > data.length) break;
    found.push([data[at + 1], at, end]);
    at = end;
  }
  return found;
};

export const withoutDetails = (data) => {
  const found = parts(data), last = found.at(-1)?.[2] ?? 2;
  const kept = found.filter(([mark]) => mark < 0xe1 || (mark > 0xef && mark !== 0xfe)).map(([, from, to]) => data.subarray(from, to));
  const all = [data.subarray(0, 2), ...kept, data.subarray(last)], bare = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    bare.set(part, at);
    at += part.length;
  }
  return bare;
};

export const details = (data) => {
  const part = parts(data).find(([mark, from]) => mark === 0xe1 && number(data, from + 4, 6) === 0x457869660000); // "Exif"
  if (!part) return { device: "", program: "", day: "", place: null, small: null };
  const offset = part[1] + 10, block = data.subarray(offset, part[2]), little = number(block, 0, 2) === 0x4949;
  const at = (where, size) => number(block, where, size, little);
  const fields = (list) => {
    const count = list ? at(list, 2) : 0, found = new Map();
    if (count > MOST_FIELDS) return [found, 0];
    for (let field = list + 2; field < list + 2 + 12 * count; field += 12) {
      const tag = at(field, 2), kind = at(field + 2, 2), many = at(field + 4, 4), size = (SIZES[kind] ?? 0) * many;
      const value = size <= 4 ? field + 8 : at(field + 8, 4);
      if (size && value + size <= block.length && !found.has(tag)) found.set(tag, [kind, many, value]);
    }
    return [found, count && at(list + 2 + 12 * count, 4)];
  };
  const whole = (list, tag) => {
    const [kind, , value] = list.get(tag) ?? [];
    return kind === 3 || kind === 4 ? at(value, SIZES[kind]) : 0;
  };
  const text = (list, tag) => {
    const [kind, many, value] = list.get(tag) ?? [];
    if (kind !== 2) return "";
    const raw = [...block.subarray(value, value + Math.min(many, 40))], end = raw.indexOf(0);
    return String.fromCharCode(...raw.slice(0, end < 0 ? raw.length : end).filter((c) => c > 31 && c < 127)).trim();
  };
  const degrees = (list, tag, sign, most, minus) => {
    const [kind, many, value] = list.get(tag) ?? [];
    const [d, m, s] = [0, 8, 16].map((n) => at(value + n, 4) / (at(value + n + 4, 4) || 1));
    if (kind !== 5 || many !== 3 || d + m / 60 + s / 3600 > most) return null;
    return (text(list, sign) === minus ? -1 : 1) * (d + m / 60 + s / 3600);
  };
  const [first, following] = fields(at(4, 4)), [more] = fields(whole(first, 0x8769)), [where] = fields(whole(first, 0x8825));
  const [second] = fields(following);
  const day = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d)/.exec(text(more, 0x9003) || text(first, 0x132));
  const place = [degrees(where, 2, 1, 90, "S"), degrees(where, 4, 3, 180, "W")];
  const start = whole(second, 0x201), length = whole(second, 0x202);
  return {
    device: `${text(first, 0x10f)} ${text(first, 0x110)}`.trim(),
    program: text(first, 0x131),
    day: day ? `${day[1]}-${day[2]}-${day[3]} ${day[4]}` : "",
    place: place.includes(null) ? null : place,
    small: length && start + length <= block.length ? [offset + start, offset + start + length] : null,
  };
};

/* --- the page --- */

const lab = document.querySelector(".lab");
const one = (what, where = lab) => where.querySelector(what);
const all = (what, where = lab) => [...where.querySelectorAll(what)];
const bytesOf = async (card) => new Uint8Array(await (await fetch(card.dataset.photo)).arrayBuffer());
const drawn = async (bytes, label) => {
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height, role: "img", ariaLabel: label });
  canvas.getContext("2d").drawImage(picture, 0, 0);
  return canvas;
};
const written = (data, found) => ({
  ...found,
  place: found.place?.map((n) => n.toFixed(5)).join(", "),
  size: lab.dataset.bytes.replace("{n}", data.length.toLocaleString(document.documentElement.lang)),
});
const fill = (card, which, data, other) => {
  const rows = written(data, details(data));
  for (const row of all("[data-row]", card)) {
    const name = row.dataset.row;
    if (name === "small" && rows.small) continue;
    one(`[data-${which}]`, row).textContent = rows[name] || (other?.[name] ? lab.dataset.gone : lab.dataset.none);
  }
};

const look = async (card) => {
  const data = await bytesOf(card), { small } = details(data);
  fill(card, "was", data);
  const cell = one("[data-row=small] [data-was]", card), before = one("img", cell);
  if (small && before) cell.replaceChildren(await drawn(data.slice(...small), before.alt));
};
const take = async (card) => {
  const data = await bytesOf(card), bare = withoutDetails(data), frame = one("[data-frame]", card);
  fill(card, "now", bare, details(data));
  frame.replaceChildren(await drawn(bare, one("img", frame).alt));
};

lab.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter, card = button.closest("[data-photo]"), looks = "look" in button.dataset;
  if (!card) return;
  /* What this page says is what the bytes say. */
  try {
    await (looks ? look(card) : take(card));
  } catch { /* the file cannot be had: the table stands as the server made it, from the same bytes */ }
  button.hidden = true;
  /* For another language. */
  one(looks ? "[name=looked]" : "[name=out]", card).disabled = false;
  for (const hidden of all(looks ? "[data-there], [data-inside]" : "[data-now], [data-still]", card)) hidden.hidden = false;
  const next = one(looks ? "[data-inside]" : "[data-still]", card);
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
});
