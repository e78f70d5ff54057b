"""Questions of several parts, from the page to the teacher: a tiny lesson with one question of each kind."""

from __future__ import annotations

import json
import random
import re
import uuid
from html import unescape

import making
import pytest
from curriculum.making import change, make_lessons
from making import AMY, WORDS, make_school, make_students
from sqlalchemy import select
from visiting import language_button

from app import create_app
from app.config import Config
from app.core import clock, throttle
from app.core.db import db
from app.core.library import library
from app.curriculum.scoring import NOT_SURE, is_right, parse, tally_keys, wrong_choices
from app.quizzes.models import Answer, Standing, Tally
from app.quizzes.queries import standings_of
from app.running import prepare

NUMBER = 8  # of the tiny lesson
on_both = pytest.mark.parametrize("app", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    root = make_lessons(tmp_path_factory.mktemp("tiny"))
    change(root, "webcams/quiz.toml", "length = 6", "length = 16")
    for item in KINDS.values():
        change(root, "webcams/quiz.toml", f'id = "{item}"', f'id = "{item}"\nfacts = ["E-07"]')
    return root


@pytest.fixture
def app(request, tmp_path, tiny, monkeypatch):
    """The real app with that lesson alone, assigned in both classes."""
    url = f"sqlite:///{tmp_path / 'tiny.sqlite3'}"
    if getattr(request, "param", "") == "postgres":
        server = request.getfixturevalue("postgres")
        assert server is not None, "no PostgreSQL could be started"
        server.create(name := f"kinds{uuid.uuid4().hex[:12]}")
        url = server.url(name)
    config = Config(
        data=tmp_path / "data", database_url=url, host="127.0.0.1", port=8000, public_url="",
        secret=b"only for the tests: 0123456789abcdef", lessons=tiny,
    )  # fmt: skip
    monkeypatch.setattr(making, "LESSON", "webcams")
    prepare(config)
    made = create_app(config)
    with made.test_request_context():
        make_school()
    clock.shift = clock.timedelta(0)
    throttle.addresses.seen.clear()
    yield made
    clock.shift = clock.timedelta(0)
    made.extensions["balise.engine"].dispose()


@pytest.fixture
def school(app):
    """Made anew for each test of this file, with codes of its own: not the one that conftest keeps."""
    with app.test_request_context():
        return making.School.find()


KINDS = {"several": "all-that-fit", "find": "where-it-turns", "order": "in-order", "match": "which-door"}


def item_of(app, kind):
    with app.test_request_context():
        found = library().quiz("webcams").item(KINDS[kind])
        assert found.kind == kind
        return found


def fields_of(item, choice):
    """What a browser without a script sends for this answer."""
    parts = parse(item, choice)
    if item.kind == "order":
        return {f"part-{step}": str(place) for place, step in enumerate(parts, 1)}
    if item.kind == "match":
        return {f"part-{part.split('=')[0]}": part.split("=")[1] for part in parts}
    return {f"part-{part}": "yes" for part in parts}


def send(visitor, school, item, fields, attempt=None, locale="en", **kwargs):
    form = {"attempt": attempt or str(uuid.uuid4()), "nth": "1", "item": item.id, **fields}
    return visitor.post(f"/{locale}/quizzes/assigned/{school.assignment}", form, **kwargs)


def answers(app):
    with app.test_request_context():
        return [(a.item_id, a.choice, a.right) for a in db.session.scalars(select(Answer))]


def tallies(app):
    with app.test_request_context():
        return {t.choice: t.n for t in db.session.scalars(select(Tally))}


@on_both
@pytest.mark.parametrize("kind", KINDS)
def test_a_right_answer_is_kept_whole_and_said_to_be_right(app, school, visit, kind):
    amy, item = visit("Amy"), item_of(app, kind)
    done = send(amy, school, item, fields_of(item, item.right))
    assert done.status_code == 303
    assert answers(app) == [(item.id, item.right, True)]
    assert tallies(app) == dict.fromkeys(tally_keys(item, item.right), 1)
    page = amy.get(done.headers["Location"]).get_data(as_text=True)
    assert "Yes, all of it fits" in page
    fitting = len(item.options) if kind in ("order", "match") else len(parse(item, item.right))
    assert page.count('<li class="fits">') == fitting


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_a_partly_right_answer_says_of_each_part_whether_it_fits(app, school, visit, kind, locale):
    amy, item = visit("Amy"), item_of(app, kind)
    choice = wrong_choices(item)[0]
    done = send(amy, school, item, fields_of(item, choice), locale=locale)
    assert answers(app) == [(item.id, choice, False)]
    page = amy.get(done.headers["Location"]).get_data(as_text=True)
    assert page.count("<li class=") >= len(item.options)
    assert 'class="look"' in page
    assert "wrong" not in page.split("<main")[1].split("</main")[0].lower()


@pytest.mark.parametrize("kind", KINDS)
def test_not_sure_is_an_answer_whatever_was_chosen_before(app, school, visit, kind):
    amy, item = visit("Amy"), item_of(app, kind)
    done = send(amy, school, item, {**fields_of(item, item.right), "choice": NOT_SURE})
    assert answers(app) == [(item.id, NOT_SURE, False)]
    assert tallies(app) == {NOT_SURE: 1}
    assert "Not sure yet is an honest answer" in amy.get(done.headers["Location"]).get_data(as_text=True)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_chosen_gets_a_kind_word_and_the_same_question(app, school, visit, kind):
    response = send(visit("Amy"), school, item_of(app, kind), {})
    assert response.status_code == 422
    assert "“I’m not sure” is an answer too." in response.get_data(as_text=True)
    assert answers(app) == []


@pytest.mark.parametrize("kind", ["order", "match"])
def test_half_an_answer_keeps_what_was_chosen(app, school, visit, kind):
    item = item_of(app, kind)
    fields = fields_of(item, item.right)
    name, value = fields.popitem()
    page = send(visit("Amy"), school, item, fields)
    assert page.status_code == 422
    html = page.get_data(as_text=True)
    assert html.count(" selected>") == len(fields)
    assert value not in re.findall(r'<option value="([^"]*)" selected>', html)
    assert f'name="{name}"' in html


def test_two_steps_in_one_place_are_told_and_kept(app, school, visit):
    item = item_of(app, "order")
    page = send(visit("Amy"), school, item, {f"part-{o}": "1" for o in item.options})
    assert page.status_code == 422
    html = page.get_data(as_text=True)
    assert "Two steps have the same place." in html
    assert html.count('<option value="1" selected>') == len(item.options)


def test_the_lines_of_a_chat_say_who_speaks(app, school, visit):
    item = item_of(app, "find")
    html = send(visit("Amy"), school, item, {}).get_data(as_text=True)
    assert html.count('type="checkbox"') == len(item.options)
    assert html.count(">Alex<") == len(item.options)


@on_both
def test_whatever_is_posted_is_kept_whole_or_refused(app, school, visit):
    """Never an error page, never half an answer in the table."""
    dice, amy = random.Random(4), visit("Amy")
    words = ["", "yes", "1", "2", "3", "9", "one", "-", "\x00", "오", "emergency", "helpline", NOT_SURE, "pass", "a" * 5000, "=", "+"]
    for _ in range(60):
        item = item_of(app, dice.choice(list(KINDS)))
        fields = {f"part-{o}": dice.choice(words) for o in (*item.options, "sing") if dice.random() < 0.8}
        if dice.random() < 0.3:
            fields["choice"] = dice.choice(["+", ">", "="]).join(dice.choice([*item.options, *item.doors, *words]) for _ in range(3))
        assert send(amy, school, item, fields, check=False).status_code in (303, 400, 404, 422)
    for item_id, choice, right in answers(app):
        item = next(item_of(app, kind) for kind, name in KINDS.items() if name == item_id)
        assert choice == NOT_SURE or parse(item, choice) is not None
        assert right is is_right(item, choice)


def test_saving_an_answer_of_several_parts_takes_a_bounded_number_of_statements(app, school, visit, statements):
    amy, item = visit("Amy"), item_of(app, "find")
    with statements() as seen:
        send(amy, school, item, fields_of(item, item.right))
    assert len(seen) <= 10, "\n".join(seen)


def test_a_session_that_ends_in_the_middle_loses_no_part(app, school, visit):
    amy, item = visit("Amy"), item_of(app, "match")
    clock.shift = clock.timedelta(minutes=21)
    page = send(amy, school, item, fields_of(item, item.right))
    assert page.status_code == 401
    kept = re.search(r'name="kept"[^>]*value="([^"]+)"', page.get_data(as_text=True))[1]
    one, two, three = WORDS.split()
    form = {"code": school.code_6b, "first": AMY[0], "second": AMY[1], "word1": one, "word2": two, "word3": three, "kept": kept}
    html = amy.client.post("/en/sign-in", data=form).get_data(as_text=True)
    fields = {k: unescape(v) for k, v in re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', html)}
    assert amy.client.post(f"/en/quizzes/assigned/{school.assignment}", data=fields).status_code == 303
    assert answers(app) == [(item.id, item.right, True)]


def hidden_fields(page):
    return {k: unescape(v) for k, v in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.get_data(as_text=True))}


def test_the_self_check_asks_every_kind_and_keeps_nothing(app, school, visit):
    visitor, seen = visit(), set()
    page = visitor.get(f"/fr/quizzes/{NUMBER}?band=B")
    for _ in range(16):
        fields = hidden_fields(page)
        with app.test_request_context():
            item = library().quiz("webcams").item(fields["item"])
        seen.add(item.kind)
        page = visitor.post(f"/fr/quizzes/{NUMBER}", fields)
        assert page.status_code == 422, "nothing chosen"
        given = {"choice": item.right} if item.kind == "single" else fields_of(item, wrong_choices(item)[0])
        page = visitor.post(f"/fr/quizzes/{NUMBER}", {**fields, **given})
        assert page.status_code == 200
        assert page.get_data(as_text=True).count('<a href="/fr/sources#E-07">Cyberaide, Canada, 2024</a>') == (item.kind in KINDS)
        page = visitor.post(f"/fr/quizzes/{NUMBER}", hidden_fields(page))
    assert seen == {"single", *KINDS}
    assert page.status_code == 200
    result = page.get_data(as_text=True)
    assert 'name="item"' not in result, "the result"
    assert result.count('href="/fr/sources#E-07"') == len(KINDS), "of each question that takes something for a fact"
    assert answers(app) == []


def finish(visitor, app, school, choose):
    attempt = str(uuid.uuid4())
    with app.test_request_context():
        items = library().quiz("webcams").items
    for item in items:
        choice = choose(item)
        fields = {"choice": choice} if item.kind == "single" or choice == NOT_SURE else fields_of(item, choice)
        assert send(visitor, school, item, fields, attempt).status_code == 303
    return attempt


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_result_and_the_teachers_pages_show_such_answers_part_by_part(app, school, visit, locale):
    with app.test_request_context():
        ids = make_students(school.class_6b, 5)

    def wrong(item):
        return wrong_choices(item)[0]

    attempt = finish(visit("Amy"), app, school, wrong)
    for number, student_id in enumerate(ids):
        other = visit()
        other.sign_in("student", student_id)
        finish(other, app, school, wrong if number else lambda item: NOT_SURE)
    result = visit("Amy").get(f"/{locale}/quizzes/result/{attempt}").get_data(as_text=True)
    assert result.count("<h3>") >= 16
    teacher = visit("Ms Tremblay")
    own = teacher.get(f"/{locale}/progress/{school.class_6b}/{school.assignment}/{school.amy}").get_data(as_text=True)
    assert own.count('class="partlist"') == len(KINDS)
    page = teacher.get(f"/{locale}/progress/{school.class_6b}/{school.assignment}").get_data(as_text=True)
    for kind, name in KINDS.items():
        card = page.split(f'<article class="qcard" id="{name}"')[1].split("</article>")[0]
        bars = card.count('<li class="barrow')
        assert bars >= len(item_of(app, kind).options), (kind, bars)
        assert 'class="tag tag-lamp"' in card, "the idea that five of six hold is proposed"
        assert card.count("/ideas/") == 1, "and leads to its card"
    assert teacher.get(f"/{locale}/progress/{school.class_6b}").status_code == 200
    assert b"0" in teacher.get(f"/{locale}/progress/{school.class_6b}/results.csv").data


def test_below_five_answers_no_bar_has_a_number(app, school, visit):
    finish(visit("Amy"), app, school, lambda item: wrong_choices(item)[0])
    page = visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}/{school.assignment}").get_data(as_text=True)
    assert "barline" not in page.split("<main")[1]


def test_the_standing_counts_a_question_once_however_many_parts_it_has(app, school, visit):
    finish(visit("Amy"), app, school, lambda item: item.right if item.kind in ("single", "order") else wrong_choices(item)[0])
    with app.test_request_context():
        row = standings_of(school.amy)[school.assignment]
        assert (row.tries, row.best_right, row.best_counted) == (1, 13, 16)
        assert db.session.scalars(select(Standing)).all()


def test_an_option_that_has_left_the_question_since_breaks_no_page(app, school, visit):
    finish(visit("Amy"), app, school, lambda item: item.right)
    with app.test_request_context():
        for answer in db.session.scalars(select(Answer)):
            answer.choice = "gone+away"
        db.session.commit()
        db.close()
    for item_id in KINDS.values():
        assert visit("Amy").get(f"/en/quizzes/assigned/{school.assignment}?item={item_id}").status_code == 200
    assert visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}/{school.assignment}/{school.amy}").status_code == 200


# --- another language in the middle of a question ------------------------------------------------------------------------


def picked(html):
    """What the form of the question shows as chosen."""
    form = html.split('id="question"')[1]
    return {
        *re.findall(r'<input type="(?:radio|checkbox)" name="([\w-]+)" value="[\w-]+" checked', form),
        *re.findall(r'<select class="select"[^>]* name="([\w-]+)"[^>]*>(?:(?!</select>).)* selected', form),
    }


@on_both
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", ["fr", "ko"])
def test_another_language_keeps_what_was_chosen_and_nothing_is_answered_yet(app, school, visit, kind, locale):
    amy, item = visit("Amy"), item_of(app, kind)
    page = amy.get(f"/en/quizzes/assigned/{school.assignment}").get_data(as_text=True)
    address, sent = language_button(page, locale)
    assert address == f"/{locale}/quizzes/assigned/{school.assignment}"
    half = dict(list(fields_of(item, item.right).items())[:2])
    for fields in (half, {}):
        shown = send(amy, school, item, {**half, **sent} if fields else sent, locale=locale)
        assert shown.status_code == 200
        html = shown.get_data(as_text=True)
        assert picked(html) == set(fields)
        assert 'id="choice-error"' not in html, "nobody has asked yet whether it is whole"
        back, _sent = language_button(html, "en")
        assert back == f"/en/quizzes/assigned/{school.assignment}"
    assert answers(app) == []
    assert tallies(app) == {}


def test_another_language_keeps_the_one_option_that_was_chosen(app, school, visit):
    amy = visit("Amy")
    with app.test_request_context():
        item = next(i for i in library().quiz("webcams").items if i.kind == "single" and not i.sensitive)
    html = send(amy, school, item, {"choice": item.right, "language": "fr"}, locale="fr").get_data(as_text=True)
    assert re.findall(r'name="choice" value="([\w-]+)" checked', html) == [item.right]
    assert answers(app) == []
    assert "checked" not in send(amy, school, item, {"language": "fr"}, locale="fr").get_data(as_text=True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_self_check_goes_on_in_another_language(app, school, visit, kind):
    guest, item = visit(), item_of(app, kind)
    answered = json.dumps({item.id: item.right})
    half = dict(list(fields_of(item, item.right).items())[:2])
    open_one = guest.post(f"/fr/quizzes/{NUMBER}", {"band": "B", "item": item.id, "answers": "{}", "language": "fr", **half})
    assert open_one.status_code == 200
    assert picked(open_one.get_data(as_text=True)) == set(half)
    said = guest.post(f"/en/quizzes/{NUMBER}", {"band": "B", "item": item.id, "answers": "{}", **fields_of(item, item.right)})
    address, sent = language_button(said.get_data(as_text=True), "ko")
    assert json.loads(sent["answers"]) == json.loads(answered)
    again = guest.post(address, sent)
    html = again.get_data(as_text=True)
    assert 'lang="ko"' in html
    assert 'name="next"' in html, "what is said to the answer, and the way on"
    assert 'class="fb fb-yes"' in html
    changed = guest.post(address, {**sent, "choice": NOT_SURE}).get_data(as_text=True)
    assert 'class="fb fb-yes"' in changed, "what was answered stands"


def test_enter_in_a_question_checks_the_answer_and_changes_no_language(school, visit):
    """A form is sent by its first button in the page: the language buttons stand before all others."""
    html = visit("Amy").get(f"/en/quizzes/assigned/{school.assignment}").get_data(as_text=True)
    first = re.search(r'<button[^>]*form="question"[^>]*>', html)[0]
    assert 'name="language"' not in first
    assert "formaction" not in first
