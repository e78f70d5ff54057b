/* Assigned lessons and their questions without a connection, for the student who is signed in here (docs/decisions/0023).
   Kept on the device: public pages, the same for everybody but for whose help stands first; permits that only the server can read; and answers in boxes that only
   the server can open. Pages of a person's own go past and are never kept. Whatever fails here, the site works as without it. */
const PAGES = `pages-${EDITION}`;
const A_WEEK = 7 * 86_400_000; // milliseconds: what has not arrived by then never will
const AT_ONCE = 20; // boxes in one delivery
const PATIENCE = 5000; // milliseconds that signing out waits for a slow line
const FOR_ANYBODY = /^\/(en|fr|ko)\/(offline\/(waits)?|help)$/; // says nothing about anybody's lessons, and stays
const languageOf = (url) => new URL(url).pathname.match(/^\/(en|fr|ko)\//)?.[1] ?? "en";

/* --- a small database: boxes on their way, lessons with their permits, and odds and ends --- */

const asked = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

let opened;
const open = () => opened ??= new Promise((resolve, reject) => {
  const request = indexedDB.open("kept", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("boxes", { keyPath: "id" });
    request.result.createObjectStore("lessons", { keyPath: "number" });
    request.result.createObjectStore("rest");
  };
  request.onsuccess = () => {
    const db = request.result;
    db.onclose = db.onversionchange = () => { db.close(); opened = undefined; };
    resolve(db);
  };
  request.onerror = () => { opened = undefined; reject(request.error); };
});

const read = async (store, what) => {
  const all = (await open()).transaction(store).objectStore(store);
  return asked(what === undefined ? all.getAll() : all.get(what));
};

/** Everything `change` does at once or not at all, and on the disk before this says so. */
async function write(stores, change) {
  const work = (await open()).transaction(stores, "readwrite", { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    work.oncomplete = resolve;
    work.onabort = work.onerror = () => reject(work.error);
  });
  await change((name) => work.objectStore(name));
  await done;
}

/* --- boxes --- */

const utf8 = (text) => new TextEncoder().encode(text);
const to64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const from64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** A box that only the server opens; its form is described in app/core/boxes.py. */
async function box(key, text) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await crypto.subtle.importKey("raw", from64(key), curve, false, []);
  const once = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
  const shown = new Uint8Array(await crypto.subtle.exportKey("raw", once.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, once.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: shown, info: utf8("balise box 1") };
  const closing = await crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const inside = await crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, closing, utf8(text));
  return new Blob([shown, inside]).arrayBuffer();
}

/** A question's name on this device, which says nothing about it. */
async function markOf(item) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(item)));
  return [...hash.slice(0, 6)].map((b) => b.toString(16).padStart(2, "0")).join("");
}

const today = () => {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
};

/** Keep one answer; false when there is no right to give it here (any more). The first answer to a question stands. */
async function keep({ number, seat, item, choice, locale }) {
  const lesson = await read("lessons", number);
  const mark = await markOf(item);
  if (!lesson?.permit || lesson.seat !== seat || lesson.until < Date.now() || !lesson.items.includes(mark)) return false;
  if (mark in lesson.done) return true;
  const text = JSON.stringify({ permit: lesson.permit, item, choice, locale, day: today() });
  const id = crypto.randomUUID();
  const closed = await box(lesson.key, text.padEnd(lesson.permit.length + 500)); // as long as any other, whatever was chosen
  let known = true; // unless another permit came while the box was being closed: then it is asked for again
  await write(["boxes", "lessons"], async (store) => {
    const fresh = await asked(store("lessons").get(number));
    known = fresh?.permit === lesson.permit;
    if (!known || mark in fresh.done) return;
    fresh.done[mark] = id;
    store("lessons").put(fresh);
    store("boxes").put({ id, box: closed, at: Date.now() });
  });
  await registration.sync?.register("send").catch(() => {}); // where the browser sends later by itself, also after this page is gone
  return known;
}

/* --- sending: one delivery after the other, without a cookie, whoever is signed in --- */

let sending = Promise.resolve();
const send = () => sending = sending.then(deliver).catch(() => {});

async function deliver() {
  const waiting = await read("boxes");
  for (let n = 0; n < waiting.length; n += AT_ONCE) {
    const some = waiting.slice(n, n + AT_ONCE);
    const body = new URLSearchParams(some.map(({ id, box }) => [id, to64(box)]));
    const answer = await fetch("/en/offline/", { method: "POST", body, credentials: "omit", redirect: "error" });
    if (!answer.ok) throw new Error(answer.status);
    const { saved, over } = await answer.json();
    // Only what was sent, and what the server does not speak of, is given up: a clock that was wrong makes no answer late.
    const late = some.filter(({ id, at }) => at < Date.now() - A_WEEK && !saved.includes(id)).map(({ id }) => id);
    await told(saved, [...over, ...late]);
  }
}

/** What the server has, and what it will never take, need not be kept any more. */
async function told(saved, over) {
  if (!saved.length && !over.length) return;
  await write(["boxes", "lessons"], async (store) => {
    for (const id of [...saved, ...over]) store("boxes").delete(id);
    for (const lesson of await asked(store("lessons").getAll())) {
      for (const [mark, id] of Object.entries(lesson.done)) {
        if (saved.includes(id)) lesson.done[mark] = true;
        if (over.includes(id)) lesson.done[mark] = false;
      }
      store("lessons").put(lesson);
    }
  });
  for (const page of await clients.matchAll({ includeUncontrolled: true })) page.postMessage("changed");
}

/* --- what is kept of the lessons that are given to whoever is signed in --- */

async function fill({ locale, files, pages }) {
  await send();
  const answer = await fetch(`/${locale}/offline/mine`, { cache: "no-store" });
  if (!answer.ok || !answer.headers.get("content-type").startsWith("application/json")) return;
  const mine = await answer.json();
  await write(["boxes", "lessons", "rest"], async (store) => {
    const same = (await asked(store("rest").get("seat"))) === mine.seat;
    const waiting = new Set(await asked(store("boxes").getAllKeys()));
    const before = new Map((await asked(store("lessons").getAll())).map((lesson) => [lesson.number, lesson]));
    store("lessons").clear();
    for (const lesson of mine.lessons) {
      const done = Object.fromEntries((lesson.done ?? []).map((mark) => [mark, true]));
      const old = same ? before.get(lesson.number)?.done ?? {} : {};
      for (const [mark, id] of Object.entries(old)) if (id === false || waiting.has(id)) done[mark] ??= id;
      store("lessons").put({ ...lesson, done, locale, seat: mine.seat, key: mine.key, until: Date.now() + mine.lasts * 1000 });
    }
    store("rest").put(mine.seat, "seat");
  });
  if (pages) await fetchPages(locale, mine, files);
}

/** A page with the class's own country first among the places that help, as the server shows it to whoever is signed in. `near` holds its
    names in the language of the page. */
function nearFirst(html, near) {
  const place = (part) => { const n = near.indexOf(part.match(/<(?:summary|h2)[^>]*>([^<]*)</)?.[1]); return n < 0 ? near.length : n; };
  const inOrder = (run) => run.split(/(?<=<\/details>|<\/section>\s+)(?=<)/).sort((a, b) => place(a) - place(b));
  return html
    .replace(/(?:<details class="helpland"[^>]*>.*?<\/details>)+/gs, (run) => inOrder(run.replaceAll(' open=""', "")).join("").replace(">", ' open="">'))
    .replace(/(?:<section class="land\b[^>]*>.*?<\/section>\s+)+/s, (run) => inOrder(run).join(""));
}

async function fetchPages(locale, { lessons, edition, near }, files) {
  const cache = await caches.open(PAGES);
  const wanted = [`/${locale}/offline/`, `/${locale}/offline/waits`, `/${locale}/help`];
  for (const { number, band } of lessons) wanted.push(`/${locale}/offline/${number}/${band}`, `/${locale}/offline/${number}/questions`);
  for (const { number, band, practice } of lessons) wanted.push(...practice.map((nth) => `/${locale}/offline/${number}/${band}/practice/${nth}`));
  const present = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  if (edition === await read("rest", "edition") && wanted.every((address) => present.has(address))) return;
  const parts = new Set(files);
  for (const address of wanted) {
    const page = await fetch(address, { credentials: "omit", cache: "no-cache", redirect: "error" }); // never anybody's own page
    if (!page.ok) continue;
    const html = nearFirst(await page.text(), near);
    await cache.put(address, new Response(html, { headers: keptHeaders(page) }));
    for (const [, part] of html.matchAll(/(?:href|src)="(\/(?:static|media)\/[^"#]+)"/g)) parts.add(part);
  }
  for (const part of parts) {
    if (present.has(part) && part.startsWith("/static/")) continue; // those get another name when they change
    const file = await fetch(part, { credentials: "omit" });
    if (file.ok) await cache.put(part, file);
  }
  await deletePages((pathname) => !wanted.includes(pathname));
  for (const name of await caches.keys()) if (name !== PAGES) await caches.delete(name);
  await write(["rest"], (store) => { store("rest").put(edition, "edition"); });
}

/** The page's own headers, without those that speak of the bytes on the way. */
function keptHeaders({ headers }) {
  const kept = new Headers(headers);
  for (const name of ["content-encoding", "content-length", "etag"]) kept.delete(name);
  return kept;
}

async function deletePages(which) {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) {
      const { pathname } = new URL(url);
      if (!pathname.startsWith("/static/") && !pathname.startsWith("/media/") && which(pathname)) await cache.delete(url);
    }
  }
}

/** Everything of a person's own goes, but the boxes, in which nobody here can read. */
async function forget() {
  await write(["lessons", "rest"], (store) => { store("lessons").clear(); store("rest").clear(); });
  await deletePages((pathname) => !FOR_ANYBODY.test(pathname));
}

async function state() {
  const lessons = (await read("lessons")).map(({ number, seat, band, items, done, until }) => ({ number, seat, band, done, items: until > Date.now() ? items : undefined }));
  const all = lessons.flatMap(({ done }) => Object.values(done));
  return { lessons, waiting: all.filter((id) => typeof id === "string").length, over: all.filter((id) => id === false).length };
}

/* --- requests --- */

/** Whether the server knows that somebody has gone. It then sends the browser elsewhere, and whoever leaves always: /leave asks for no session
    and no token. Any other answer, whatever its number, is of something on the way or of a server that cannot just now; the next page asks again. */
const hasHeard = (answer) => ["opaqueredirect", "opaque"].includes(answer?.type);
const OTHERS_NOW = [401, 403, 409]; // to a form for signing out: nobody is signed in any more, a teacher is, or it is somebody else's session

/** Signing out delivers first. Only when nothing is left may the browser throw everything away; else everything but the boxes goes. */
async function signOut(request) {
  const body = new URLSearchParams(await request.text());
  await Promise.race([send(), new Promise((late) => setTimeout(late, PATIENCE))]);
  const left = await read("boxes").catch(() => []);
  await forget();
  body.set("kept", left.length);
  const answer = await fetch(request.url, { method: "POST", body, redirect: "manual" }).catch(() => null);
  return hasHeard(answer) || OTHERS_NOW.includes(answer?.status) ? answer : owe(request.url);
}

/** Leaving quickly: from now on no page may answer for this student, however long the server takes to hear of it. What is owed is noted
    first, and struck out when it has heard. A goodbye from a script would follow its answer elsewhere, which says nothing any more. */
async function leave(request) {
  await forget();
  const owed = await owe(request.url);
  const answer = await (request.redirect === "manual" ? fetch(request) : fetch(request, { redirect: "manual" })).catch(() => null);
  if (!hasHeard(answer)) return owed;
  await settle();
  return answer;
}

/** The server could not be told that somebody has gone. Until it is, this browser opens no page of theirs. */
async function owe(url) {
  await write(["rest"], (store) => { store("rest").put(true, "owed"); });
  return Response.redirect(new URL(`/${languageOf(url)}/offline/`, url));
}

async function pay(url) {
  if (!(await read("rest", "owed").catch(() => false))) return;
  const answer = await fetch(`/${languageOf(url)}/leave`, { method: "POST", redirect: "manual" });
  if (!hasHeard(answer)) throw new Error(answer.status);
  await settle();
}

const settle = () => write(["rest"], (store) => { store("rest").delete("owed"); });

/** Somebody says that they are not whose lessons are kept here. */
async function clear() {
  await forget();
  await owe(location.href);
  await pay(location.href).catch(() => {});
}

async function go(event) {
  const { request } = event;
  const { pathname } = new URL(request.url);
  const answers = request.method === "POST" && /\/quizzes\/assigned\/\d+$/.test(pathname);
  const another = request.method === "POST" && /^\/\w\w\/(join|sign-in|accounts\/(sign-|invitation\/))/.test(pathname); // somebody signs in, or a teacher out
  const copy = answers ? request.clone() : null;
  let answer;
  try {
    await pay(request.url);
    answer = await fetch(request);
    if (copy && [502, 503, 504].includes(answer.status)) return (await instead(request, copy).catch(() => null)) ?? answer;
  } catch {
    return (await instead(request, copy).catch(() => null)) ?? Response.error();
  }
  event.waitUntil((async () => {
    if (another) await forget(); // whoever comes now gets what is theirs on the next page
    if (copy) await noted(copy, answer).catch(() => {});
    await send();
  })());
  return answer;
}

const lessonWith = async (id) => (await read("lessons")).find((lesson) => lesson.id === Number(id));

/** What is kept here of the lesson whose question a form answers: not for a form of another sitting than the one that is kept, nor for one
    that was made for somebody else, in a tab that stayed open. */
async function lessonOf(form, url) {
  const lesson = await lessonWith(new URL(url).pathname.split("/").pop());
  return lesson && form.get("nth") === String(lesson.nth) && form.get("seat") === lesson.seat ? lesson : undefined;
}

/** An answer that arrived need not be asked for again without a connection. */
async function noted(copy, answer) {
  if (answer.type !== "opaqueredirect" && !answer.ok) return;
  const form = new URLSearchParams(await copy.text());
  const mark = await markOf(form.get("item") ?? "");
  const found = await lessonOf(form, copy.url);
  if (!found?.items?.includes(mark) || form.has("language")) return; // another language is asked for with what is not answered yet (0030)
  await write(["lessons"], async (store) => {
    const lesson = await asked(store("lessons").get(found.number));
    if (lesson) store("lessons").put({ ...lesson, done: { ...lesson.done, [mark]: true } });
  });
}

/** What a form says that could not be sent: one string, as app/curriculum/scoring.py has it; "" when something is missing. */
function choiceIn(form) {
  if (form.get("choice")) return form.get("choice");
  const parts = [...form].filter(([name]) => name.startsWith("part-")).map(([name, value]) => [name.slice(5), value]);
  if (!parts.length || parts.some(([, value]) => !value)) return "";
  if (parts.every(([, value]) => value === "yes")) return parts.map(([id]) => id).join("+");
  if (!parts.every(([, value]) => /^\d+$/.test(value))) return parts.map((pair) => pair.join("=")).join("+");
  const places = new Set(parts.map(([, value]) => value));
  return places.size < parts.length ? "" : parts.sort((a, b) => a[1] - b[1]).map(([id]) => id).join(">");
}

/** The page of the device that comes nearest to what was asked for. */
async function instead(request, copy) {
  const { pathname } = new URL(request.url);
  const redirect = (to) => Response.redirect(new URL(to, request.url));
  const [, asksFor, id] = pathname.match(/^\/\w\w\/(lessons|quizzes)\/assigned\/(\d+)/) ?? [];
  const lesson = id && await lessonWith(id);
  if (request.method !== "GET") {
    if (/^\/\w\w\/lessons\/\d+\/practice\/\d+(\/count)?$/.test(pathname)) return (await caches.match(`/${languageOf(request.url)}/offline/waits`)) ?? null;
    if (!copy) return null; // the browser's own page, from which the form can be sent again
    const form = new URLSearchParams(await copy.text());
    const own = await lessonOf(form, request.url);
    if (!own) return null;
    const { number, seat, locale } = own;
    if (form.has("language")) return (await caches.match(`/${locale}/offline/waits`)) ?? null; // no answer yet: sent again with what was chosen
    const choice = choiceIn(form);
    if (choice && !(await keep({ number, seat, item: form.get("item"), choice, locale: languageOf(request.url) }))) return null;
    return redirect(`/${locale}/offline/${number}/questions`);
  }
  const kept = await caches.match(request, { ignoreSearch: true, ignoreVary: true });
  if (kept) return kept;
  if (lesson) return redirect(`/${lesson.locale}/offline/${lesson.number}/${asksFor === "quizzes" ? "questions" : lesson.band}`);
  const lessons = await read("lessons");
  const [, , number, , nth] = pathname.match(/^\/\w\w\/(lessons|offline)\/(\d+)(\/practice\/(\d+))?/) ?? [];
  const same = lessons.find((one) => one.number === Number(number));
  const activity = nth && same && `/${same.locale}/offline/${same.number}/${same.band}/practice/${nth}`;
  if (activity && (await caches.match(activity))) return redirect(activity);
  const page = same && `/${same.locale}/offline/${same.number}/${same.band}`;
  if (page && page !== pathname) return redirect(page);
  const index = `/${lessons[0]?.locale ?? languageOf(request.url)}/offline/`;
  return index !== pathname && (await caches.match(index)) ? redirect(index) : null;
}

const drawing = (request) => fetch(request).catch(async () => (await caches.match(request, { ignoreVary: true })) ?? Response.error());

/** Files under a name that changes with them: from the device where they are kept. */
async function file(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && await caches.has(PAGES)) {
    const copy = answer.clone();
    await (await caches.open(PAGES)).put(request.url, copy).catch(() => {});
  }
  return answer;
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("sync", (event) => event.waitUntil(send()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && /^\/\w\w\/sign-out$/.test(pathname)) event.respondWith(signOut(request));
  else if (/^\/\w\w\/leave$/.test(pathname)) event.respondWith(leave(request));
  else if (request.mode === "navigate") event.respondWith(go(event));
  else if (request.method === "GET" && pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.method === "GET" && pathname.startsWith("/media/")) event.respondWith(drawing(request));
});

const ASKED = { fill, keep, send, clear, state };
addEventListener("message", (event) => {
  const { ask, ...more } = event.data ?? {};
  if (!(ask in ASKED)) return;
  event.waitUntil((async () => {
    let did = null;
    try { did = await ASKED[ask](more); } catch { /* the answer says that nothing came of it */ }
    event.ports[0]?.postMessage(ask === "state" ? did : { did, ...(await state().catch(() => ({}))) });
    if (ask === "keep" && did) await send();
  })());
});
