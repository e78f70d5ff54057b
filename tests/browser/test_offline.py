"""Lessons and questions without a connection: in a browser with a profile of its own, behind a cable that is pulled and that is put back."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser.driving import CHROMIUM, QUIET, WEATHER, answer, sign_in_student, sign_in_teacher, weather_outside
from browser.serving import name_in
from playwright.sync_api import Error
from sqlalchemy import func, select, update

from app.classrooms.models import Classroom, Student
from app.classrooms.queries import assign
from app.core import clock
from app.core.db import db
from app.core.library import library
from app.core.sessions import SessionRow
from app.practice.models import PracticeCount
from app.quizzes.models import Answer, Attempt, Standing

WORDS = ["otter", "lamp", "river"]
A, B = (3, 4), (5, 6)
SIGN_OUT = 'header form[action$="/sign-out"] button'
BARE_SIGN_OUT = """() => { const form = Object.assign(document.createElement("form"), { method: "post", action: "/en/sign-out" });
  document.body.append(form); form.submit(); }"""
DUMP = """async () => {
  const asked = (r) => new Promise((ok, no) => { r.onsuccess = () => ok(r.result); r.onerror = () => no(r.error); });
  if (!(await indexedDB.databases()).length) return { boxes: [], lessons: [], rest: [], text: "" };
  const db = await asked(indexedDB.open("kept"));
  const rows = {};
  for (const store of db.objectStoreNames) rows[store] = await asked(db.transaction(store).objectStore(store).getAll());
  db.close();
  const latin = (buffer) => String.fromCharCode(...new Uint8Array(buffer));
  return { ...rows, boxes: rows.boxes.map((b) => b.id), lessons: rows.lessons.map((l) => l.number),
    sizes: rows.boxes.map((b) => b.box.byteLength), text: JSON.stringify(rows) + rows.boxes.map((b) => latin(b.box)).join() };
}"""

LEFT_OVER = """async () => {
  const asked = (r) => new Promise((ok, no) => { r.onsuccess = () => ok(r.result); r.onerror = () => no(r.error); });
  const db = await asked(indexedDB.open("kept"));
  await asked(db.transaction("lessons", "readwrite").objectStore("lessons").put({ number: 0, done: {}, items: [], permit: "of somebody" }));
  db.close();
}"""

AGE = """async () => {
  const asked = (r) => new Promise((ok, no) => { r.onsuccess = () => ok(r.result); r.onerror = () => no(r.error); });
  const db = await asked(indexedDB.open("kept")), boxes = db.transaction("boxes", "readwrite").objectStore("boxes");
  const ago = Date.now() - 8 * 86_400_000, odd = (id, at) => boxes.put({ id, box: new ArrayBuffer(200), at });
  for (const box of await asked(boxes.getAll())) boxes.put({ ...box, at: ago });
  await asked(odd("old", ago));
  await asked(odd("young", Date.now()));
  db.close();
}"""

PAGES = """async () => {
  const texts = [];
  for (const name of await caches.keys()) for (const kept of await (await caches.open(name)).keys()) {
    texts.push(kept.url + await (await caches.match(kept, { ignoreVary: true })).text());
  }
  return texts;
}"""


BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Cable:
    """What the site is reached through: while it is pulled, nothing answers. To requests that begin with one of `busy` it says 503, as a
    proxy does whose server is starting."""

    def __init__(self, site):
        self.to = urlsplit(site.url).port
        self.busy: tuple[bytes, ...] = ()
        self.goodbyes, self.hears = 0, threading.Event()  # leaving is passed on when it is set
        self.hears.set()
        self.ends, self.listener = [], None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.put_back()

    def put_back(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(50)
        threading.Thread(target=self.carry, args=(self.listener,), daemon=True).start()

    def pull(self):
        for end in (self.listener, *self.ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.ends = []

    def carry(self, listener):
        with suppress(OSError):
            while True:
                here, _ = listener.accept()
                there = socket.create_connection(("127.0.0.1", self.to))
                self.ends += (here, there)
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=self.copy, args=pair, daemon=True).start()

    def copy(self, source, target):
        with suppress(OSError):
            while data := source.recv(65536):
                if data.startswith(b"POST /en/leave"):
                    self.goodbyes += 1
                    self.hears.wait()
                if data.startswith(self.busy):
                    source.sendall(BUSY)
                    while source.recv(65536):
                        pass
                    break
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@pytest.fixture
def cable(site):
    made = Cable(site)
    yield made
    made.pull()


@contextmanager
def device(browser, cable, profile: Path, locale="en"):
    """A browser with this profile; what it forbids or fails at ends the test. Everything may go without a reply while the cable is out."""
    root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=[*QUIET, *root], base_url=cable.url, reduced_motion="reduce", viewport={"width": 390, "height": 844}
    )  # fmt: skip
    context.set_default_timeout(15_000)
    complaints = []
    context.on("console", lambda m: m.type == "error" and "Failed to load resource" not in m.text and complaints.append(m.text))
    context.on("weberror", lambda e: complaints.append(str(e.error)))
    try:
        yield context.pages[0]
    finally:
        with suppress(Exception):
            context.close()
    assert not complaints, complaints[:5]


def kill(profile: Path):
    """As when the battery dies: every process of this browser, at once."""
    own = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdecimal() and str(profile).encode() in read(p / "cmdline")]
    assert own
    for pid in own:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def until(what, seconds=15):
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)
    return found


def lessons_kept(page):
    """Wait until the worker has fetched what is assigned: the edition is noted last."""
    until(lambda: len(page.evaluate(DUMP).get("rest", [])) == 2)


def stored(site, student_id):
    """(question, choice) of everything the server has of a seat."""
    with site.inside():
        return sorted(((a.item_id, a.choice) for a in db.session.scalars(select(Answer).where(Answer.student_id == student_id))), key=str)


def told(page) -> str:
    return page.locator("[data-told]").inner_text()


def answer_here(page, choice=0) -> tuple[str, str]:
    """Answer the question the device shows; returns (its id, what was chosen)."""
    shown = page.locator("section[data-mark]:visible")
    item, kind = shown.get_attribute("data-item"), shown.get_attribute("data-kind")
    if kind == "single":
        field = shown.locator("input[type=radio]").nth(choice)
        field.check()
        chosen = field.get_attribute("value")
        shown.locator(".actions button").first.click()
    else:
        shown.locator("button[value=not-sure]").click()
        chosen = "not-sure"
    shown.locator("[data-said]:visible").wait_for()
    page.wait_for_function("() => document.querySelector('[data-told]').textContent")
    return item, chosen


def marks_of(site, classroom, *names):
    """What must not be found: names in three languages, the code, the label, the secret words."""
    found = {name_in(locale, *name) for name in names for locale in ("en", "fr", "ko")}
    return found | {classroom.code, classroom.label, " ".join(WORDS), "otter"}


def hits_in(profile: Path, marks) -> list[str]:
    every = [(mark, form) for mark in marks for form in (mark.encode(), mark.encode("utf-16-le"))]
    return [f"{mark} in {f.name}" for f in profile.rglob("*") if f.is_file() for mark, form in every if form in read(f)]


@pytest.fixture
def classroom(site, request):
    made = site.new_classroom(f"Zephyrq {request.node.name[:20]}")
    made_ids = [site.new_student(made.id, *name) for name in (A, B)]
    return made, made_ids


def plain(site, answers):
    """As they are stored: of sensitive questions the choice is not."""
    with site.inside():
        sensitive = {i.id for lesson in library().lessons for i in lesson.quiz.items if i.sensitive}
    return sorted(((item, None if item in sensitive else choice) for item, choice in answers), key=str)


@pytest.mark.promise("C-7", "I-7")
def test_a_lesson_is_read_and_its_questions_answered_without_a_connection_and_a_dead_battery_loses_nothing(
    browser, site, cable, classroom, tmp_path, promise
):
    (room, (amy, _min)), profile = classroom, tmp_path / "profile"
    with device(browser, cable, profile) as page:
        sign_in_student(page, "en", room.code, A, WORDS)
        lessons_kept(page)
        cable.pull()
        page.locator('main a[href*="/lessons/assigned/"]').first.click()
        page.wait_for_url(f"**/en/offline/{room.lesson}/B")
        title = page.locator("h1").inner_text()
        assert page.locator("article section").count() > 2, title
        assert page.locator(".helpnow").count(), "help is here too"
        page.locator('a[href$="/questions"]').click()
        given = []
        while True:
            given.append(answer_here(page))
            assert "ept on this device" in told(page)
            last = len(given) == page.locator("[data-segs] i").count()
            if last:
                break
            page.locator("[data-onward] button").click()
        page.locator("[data-onward] button").click()
        page.locator("[data-end]").wait_for()
        kept = page.evaluate(DUMP)
        assert len(kept["boxes"]) == len(given) == len({item for item, _ in given})
        assert len(set(kept["sizes"])) == 1, "a box is as long as any other"
        with site.inside():
            words = library().lesson_by_number(room.lesson).quiz
        marks = marks_of(site, room, A, B) | {i for i, _ in given} | {o for i in words.items for o in i.options}
        readable = [mark for mark in marks if mark in kept["text"]]
        pages, own = page.evaluate(PAGES), marks_of(site, room, A, B)
        assert len(pages) > 5
        assert not [mark for mark in own for text in pages if mark in text], "the pages that are kept are nobody's"
        promise.figure(
            "{readable} of {n} names, questions and choices readable in what the device keeps", readable=len(readable), n=len(marks)
        )
        assert not readable
        assert stored(site, amy) == []
        kill(profile)
    with device(browser, cable, profile) as page:
        page.goto("/en/my-lessons")
        page.wait_for_url("**/en/offline/")
        until(lambda: f"{len(given)} answers are kept" in told(page))
        cable.put_back()
        page.goto("/en/")
        until(lambda: len(stored(site, amy)) == len(given))
        until(lambda: not page.evaluate(DUMP)["boxes"])
    lost = set(plain(site, given)) - set(stored(site, amy))
    promise.figure("{lost} of {n} answers lost when the browser was killed without a connection", lost=len(lost), n=len(given))
    assert stored(site, amy) == plain(site, given)
    with site.inside():
        assert db.session.scalar(select(func.count()).select_from(Attempt).where(Attempt.student_id == amy)) == 1
        assert db.session.scalar(select(Standing.tries).where(Standing.student_id == amy)) == 1


@pytest.mark.promise("C-7")
def test_the_next_student_delivers_what_they_cannot_read(browser, site, cable, classroom, tmp_path, promise):
    (room, (amy, ben)), profile = classroom, tmp_path / "profile"
    with device(browser, cable, profile) as page:
        sign_in_student(page, "en", room.code, A, WORDS)
        lessons_kept(page)
        mine = page.url
        assert hits_in(profile, {f"/en/offline/{room.lesson}/questions"}), "the look sees what the worker keeps"
        cable.pull()
        page.goto(f"/en/offline/{room.lesson}/questions")
        given = [answer_here(page)]
        page.locator("[data-onward] button").click()
        given.append(answer_here(page))
        page.goto(mine, wait_until="commit")  # a page of her own is not to be had; the one of the device is
        page.wait_for_url("**/en/offline/")
        # She signs out although nobody can be told: from here on nobody answers as her, and her page does not open.
        page.evaluate(BARE_SIGN_OUT)
        page.locator("[data-none]:visible").wait_for()
        left = page.evaluate(DUMP)
        assert len(left["boxes"]) == 2
        assert left["lessons"] == []
        page.goto(f"/en/offline/{room.lesson}/questions", wait_until="commit")
        page.wait_for_url("**/en/offline/")
        cable.put_back()
        page.goto("/en/my-lessons")
        assert page.locator("main [name=word1]").is_visible(), "signed out as soon as there was a connection"
        sign_in_student(page, "en", room.code, B, WORDS)
        until(lambda: len(stored(site, amy)) == 2)
        lessons_kept(page)
        until(lambda: page.evaluate(DUMP)["lessons"])
        assert told(page) == "", "nothing is said of somebody else's answers"
        assert stored(site, amy) == plain(site, given)
        assert stored(site, ben) == []
        page.goto(f"/en/offline/{room.lesson}/questions")
        page.locator("section[data-mark]:visible").wait_for()
        assert page.locator("[data-segs] i.on").count() == 0
        page.locator("[data-forget]").click()
        page.locator("[data-none]:visible").wait_for()
        page.goto("/en/my-lessons")
        assert page.locator("main [name=word1]").is_visible(), "whoever says “that is not me” is signed out"
        sign_in_student(page, "en", room.code, B, WORDS)
        page.goto("/en/my-lessons")
        # Nothing waits any more: the whole storage may go.
        page.locator(SIGN_OUT).click()
        page.wait_for_url("**/en/sign-in")
        until(lambda: page.evaluate("caches.keys()") == [])
        assert page.evaluate("() => navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
        assert page.evaluate(DUMP)["boxes"] == []
    hits = hits_in(profile, marks_of(site, room, A, B))
    files = sum(f.is_file() for f in profile.rglob("*"))
    promise.figure("{hits} of {n} files of a browser's profile hold a name, a code or a secret after signing out", hits=len(hits), n=files)
    assert not hits, hits[:5]
    assert hits_in(profile, {"worker.js"}), "the look through the profile can see"


@pytest.mark.promise("C-5", "D-6")
def test_a_server_that_is_busy_when_somebody_goes_is_told_before_any_page_opens(browser, site, cable, classroom, tmp_path):
    """The server starts anew just when a student signs out, and when she leaves quickly: the next one at the device is not taken for her."""
    (room, _students), name = classroom, name_in("en", *A)
    with device(browser, cable, tmp_path / "profile") as page:
        weather_outside(page)
        for way_out, leads_to in ((SIGN_OUT, "[data-none]:visible"), ("header a[data-exit]:not(.skip)", "#outside")):
            sign_in_student(page, "en", room.code, A, WORDS)
            lessons_kept(page)
            assert name in page.content()
            cable.busy = (b"POST /en/sign-out", b"POST /en/leave")
            page.locator(way_out).click(no_wait_after=True)
            page.locator(leads_to).wait_for()
            page.goto("/en/my-lessons")
            page.wait_for_url("**/en/offline/")
            assert name not in page.content()
            cable.busy = ()
            page.goto("/en/my-lessons")
            assert page.locator("main [name=word1]").is_visible(), "signed out as soon as the server could be told"


@pytest.mark.promise("D-6")
def test_a_server_that_is_slow_to_hear_that_somebody_left_shows_nobody_her_pages(browser, site, cable, classroom, tmp_path):
    """And where it hears at once, it is told once."""
    (room, _students), name = classroom, name_in("en", *A)
    with device(browser, cable, tmp_path / "profile") as page:
        weather_outside(page)
        other = page.context.new_page()
        other.goto("/en/help")
        for slow in (False, True):
            sign_in_student(page, "en", room.code, A, WORDS)
            lessons_kept(page)
            cable.goodbyes, cable.hears = 0, threading.Event()
            if not slow:
                cable.hears.set()
            page.locator("header a[data-exit]:not(.skip)").click(no_wait_after=True)
            page.locator("#outside").wait_for()
            until(lambda: cable.goodbyes == 1)
            if slow:
                threading.Timer(2, cable.hears.set).start()
            else:
                until(lambda: other.evaluate(DUMP)["rest"] == [])  # what is owed is struck out
            page.goto("/en/my-lessons")
            assert name not in page.content()
            assert slow or cable.goodbyes == 1
            cable.hears.set()


def run_out(site, student_id):
    """Nobody has asked for anything for longer than a session lasts."""
    with site.inside():
        db.session.execute(update(SessionRow).where(SessionRow.person_id == student_id, SessionRow.kind == "student").values(seen_at=0))
        db.session.commit()


@pytest.mark.promise("C-7", "C-8", "I-5")
def test_a_tab_that_one_student_left_open_keeps_nothing_for_the_next(browser, site, cable, classroom, tmp_path):
    (room, (amy, ben)), questions = classroom, f"/en/offline/{classroom[0].lesson}/questions"
    with device(browser, cable, tmp_path / "profile") as one:
        sign_in_student(one, "en", room.code, A, WORDS)
        lessons_kept(one)
        amys = one.evaluate(DUMP)["rest"]
        one.goto(f"/en/quizzes/assigned/{room.assignment}")
        two, three = one.context.new_page(), one.context.new_page()
        two.goto(questions)
        two.locator("section[data-mark]:visible").wait_for()
        run_out(site, amy)
        sign_in_student(three, "en", room.code, B, WORDS)
        until(lambda: len(rest := three.evaluate(DUMP)["rest"]) == 2 and rest != amys)
        three.evaluate(BARE_SIGN_OUT)
        three.get_by_role("heading", level=1).wait_for()
        three.goto("/en/my-lessons")
        assert name_in("en", *B) in three.content(), "a form of somebody else's signs nobody out, and nothing is owed for it"
        lessons_kept(three)
        cable.pull()
        with suppress(Error):  # the browser says that there is no connection
            answer(one, told=False)
        shown = two.locator("section[data-mark]:visible")
        if shown.get_attribute("data-kind") == "single":
            shown.locator("input[type=radio]").first.check()
        shown.locator(".actions button").last.click()
        until(lambda: told(two))
        assert "cannot keep" in told(two)
        three.goto(questions)
        three.locator("section[data-mark]:visible").wait_for()
        assert three.locator("[data-segs] i.on").count() == 0
        assert three.evaluate(DUMP)["boxes"] == []
        answer_here(three)
        cable.put_back()
        three.goto("/en/my-lessons")
        until(lambda: stored(site, ben))
    assert (len(stored(site, amy)), len(stored(site, ben))) == (0, 1)


@pytest.mark.promise("I-6")
def test_another_language_asked_for_without_a_connection_is_no_answer_and_loses_none(browser, site, cable, classroom, tmp_path):
    (room, (amy, _min)), french = classroom, "nav.langs button[value=fr]"
    with device(browser, cable, tmp_path / "profile") as page:
        sign_in_student(page, "en", room.code, A, WORDS)
        lessons_kept(page)
        page.goto(f"/en/quizzes/assigned/{room.assignment}")
        page.locator(french).click()
        page.wait_for_url("**/fr/quizzes/**")
        page.goto(f"/en/quizzes/assigned/{room.assignment}")
        page.locator("input[name=choice][type=radio]").nth(1).check()
        cable.pull()
        page.locator(french).click()
        page.get_by_role("heading", name="No connection just now").wait_for()
        assert not page.evaluate(DUMP)["boxes"]
        cable.put_back()
        page.reload()
        assert page.locator("html").get_attribute("lang").startswith("fr")
        assert page.locator("input[name=choice][type=radio]").nth(1).is_checked(), "what was chosen and not sent yet is still there"
        page.goto(f"/en/offline/{room.lesson}/questions")
        page.locator("section[data-mark]:visible").wait_for()
        assert page.locator("[data-segs] i.on").count() == 0, "what was only asked for in another language is still to be answered"
    assert stored(site, amy) == []


@pytest.mark.promise("I-7")
def test_when_a_wrong_clock_is_put_right_nothing_is_given_up_before_it_was_sent(browser, site, cable, classroom, tmp_path):
    """And what the server does not speak of, because it cannot open it, is given up after its week as before."""
    room, (amy, _min) = classroom
    with device(browser, cable, tmp_path / "profile") as page:
        sign_in_student(page, "en", room.code, A, WORDS)
        lessons_kept(page)
        cable.pull()
        page.goto(f"/en/offline/{room.lesson}/questions")
        given = [answer_here(page)]
        page.evaluate(AGE)
        cable.put_back()
        page.goto("/en/")
        until(lambda: page.evaluate(DUMP)["boxes"] == ["young"])
    assert stored(site, amy) == plain(site, given)


@pytest.mark.promise("C-7")
def test_a_teacher_who_signs_in_or_out_leaves_no_student_s_right_to_answer(browser, site, cable, classroom, tmp_path):
    (room, (amy, _min)), teacher = classroom, site.new_teacher("afterwards")
    with device(browser, cable, tmp_path / "profile") as page:
        sign_in_student(page, "en", room.code, A, WORDS)
        lessons_kept(page)
        run_out(site, amy)
        sign_in_teacher(page, "en", teacher)
        until(lambda: page.evaluate(DUMP)["lessons"] == page.evaluate(DUMP)["rest"] == [])
        page.evaluate(LEFT_OVER)
        assert page.evaluate(DUMP)["lessons"] == [0]
        page.locator('footer form[action$="/accounts/sign-out"] button').click()
        page.wait_for_url("**/en/")
        until(lambda: page.evaluate(DUMP)["lessons"] == [])


@pytest.mark.promise("C-4", "D-6", "I-7")
def test_an_answer_on_its_way_when_the_line_drops_outlasts_the_session_and_leaving(browser, site, cable, classroom, tmp_path, promise):
    (room, (amy, _ben)), profile = classroom, tmp_path / "profile"
    with device(browser, cable, profile) as page:
        weather_outside(page)
        page.clock.install()
        sign_in_student(page, "en", room.code, A, WORDS)
        until(lambda: page.clock.run_for(1000) or page.evaluate(DUMP)["lessons"])
        lessons_kept(page)
        page.goto(f"/en/quizzes/assigned/{room.assignment}")
        first = answer(page)
        page.locator("main a.btn-go").first.click()
        page.locator("main form.q").wait_for()
        cable.pull()
        second = answer(page, told=False)
        page.wait_for_url(f"**/en/offline/{room.lesson}/questions")
        page.locator("section[data-mark]:visible").wait_for()
        assert page.locator("[data-segs] i.on").count() == 2, "both are done, the one that arrived and the one that is kept"
        third, _choice = answer_here(page)
        page.clock.fast_forward("01:00:00")
        with site.inside():
            db.session.execute(
                update(SessionRow)
                .where(SessionRow.person_id == amy, SessionRow.kind == "student")
                .values(seen_at=SessionRow.seen_at - 3600)
            )
            db.session.commit()
        assert [item for item, _ in stored(site, amy)] == [first]
        page.locator("header a[data-exit]:not(.skip)").click(no_wait_after=True)
        page.locator("#outside").wait_for()
        assert page.url in WEATHER
        page.go_back(wait_until="commit")
        cable.put_back()
        page.goto("/en/my-lessons")
        assert page.locator("main [name=word1]").is_visible(), "the hour is over, and she has left"
        until(lambda: len(stored(site, amy)) == 3)
        until(lambda: not page.evaluate(DUMP)["boxes"])
        assert page.evaluate(DUMP)["lessons"] == []
    promise.figure("{lost} of {n} answers lost over an hour without a connection and leaving quickly", lost=3 - len(stored(site, amy)), n=3)
    assert {item for item, _ in stored(site, amy)} == {first, second, third}
    with site.inside():
        assert db.session.get_one(Student, amy)


def counted(site, classroom_id):
    """How many students' ways through a story have been counted."""
    with site.inside():
        whole = (PracticeCount.classroom_id == classroom_id, PracticeCount.scene == "", PracticeCount.choice == "")
        return db.session.scalar(select(func.coalesce(func.sum(PracticeCount.n), 0)).where(*whole))


def choose(page, *ways):
    for way in ways:
        page.locator(f'[name=go][value="{way}"]:visible').first.click()


def test_activities_go_on_without_a_connection_and_what_must_wait_says_so(browser, site, cable, classroom, tmp_path):
    (room, _students), kept = classroom, ("pressure", "image-permanence", "deepfakes")
    with site.inside():
        number = {slug: library().lesson(slug).number for slug in kept}
        for slug in kept:
            assign(db.session.get_one(Classroom, room.id), slug, clock.today() - clock.timedelta(1), None)  # in Toronto it may be yesterday
        db.session.commit()
    story, photos = f"/en/lessons/{number['pressure']}/practice/1", f"/en/lessons/{number['image-permanence']}/practice/2"
    with device(browser, cable, tmp_path / "profile") as page:
        sign_in_student(page, "en", room.code, A, WORDS)
        lessons_kept(page)
        page.goto(story)
        choose(page, "w", "n")
        page.locator("[data-counted]").wait_for()
        cable.pull()
        page.locator("[data-counted] button").click()
        page.get_by_role("heading", name="No connection just now").wait_for()
        assert page.locator(".helpnow").count(), "help is here too"
        assert counted(site, room.id) == 0
        cable.put_back()
        page.reload()
        until(lambda: counted(site, room.id) == 1)
        cable.pull()
        page.goto(photos)
        page.wait_for_url(f"**/en/offline/{number['image-permanence']}/B/practice/2")
        page.locator("[name=look][value=kite]").click()
        page.locator("#photo-kite [data-row=small] canvas").wait_for()
        page.locator("[name=take][value=kite]").click()
        page.locator("#photo-kite [data-still]").wait_for()
        page.locator(".focus-head a").click()
        page.wait_for_url(f"**/en/offline/{number['image-permanence']}/B*")
        page.goto(f"/en/offline/{number['pressure']}/B")
        page.locator('a[href$="/B/practice/1"]').click()
        choose(page, "0", "0", "1")
        assert page.locator("#story [name=path]").input_value() == "0.0.1"
        assert page.evaluate("sessionStorage.length") == 0, "a story on a device that passes from hand to hand leaves no trace in the tab"
        assert page.locator("[data-counted]").count() == 0
        page.goto(f"/en/offline/{number['deepfakes']}/B")
        assert page.locator("p.end").inner_text().endswith("It waits for a connection.")
        marks = marks_of(site, room, A, B)
        assert not [mark for mark in marks for text in page.evaluate(PAGES) if mark in text], "the pages that are kept are nobody's"


def test_without_a_connection_the_places_that_help_begin_with_the_country_of_the_class(browser, site, cable, classroom, tmp_path):
    """A Korean phone in a class in Toronto: 911 stands before 112, as it does with a connection."""
    room, _students = classroom
    panel = ".helpnow .helpbox summary"
    with device(browser, cable, tmp_path / "profile", "ko") as page:
        sign_in_student(page, "ko", room.code, A, WORDS)
        signed_in = page.locator(panel).all_text_contents()
        lessons_kept(page)
        cable.pull()
        for address in (f"/ko/offline/{room.lesson}/B", f"/ko/offline/{room.lesson}/questions", "/ko/offline/"):
            page.goto(address)
            assert page.locator(panel).all_text_contents() == signed_in
            assert page.locator(".helpnow .helpbox details[open]").count() == 1
        page.goto("/ko/help")
        assert page.locator(".land h2").all_text_contents()[:2] == signed_in[:2] == ["캐나다", "퀘벡"]
