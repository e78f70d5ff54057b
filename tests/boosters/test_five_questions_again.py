"""A booster: five questions from earlier lessons, for oneself alone; nothing is stored."""

from __future__ import annotations

import json

import pytest
from visiting import language_button


def questions(app, number, band):
    booster = app.extensions["balise.library"].booster(number)
    return [(f"{slug}:{item}", app.extensions["balise.library"].lesson(slug).quiz.item(item)) for slug, item in booster.items[band]]


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_all_five_are_asked_one_after_the_other_and_then_comes_the_result(app, visit, locale, statements):
    visitor, address = visit(), f"/{locale}/boosters/1"
    assert visitor.get(address).status_code == 200
    answers: dict[str, str] = {}
    with statements() as seen:
        for name, item in questions(app, 1, "B"):
            form = {"band": "B", "item": name, "answers": json.dumps(answers)}
            page = visitor.post(address, {**form, "choice": item.right})
            assert page.status_code == 200
            assert f'id="{item.section}"' in visitor.get(f"/{locale}/lessons/{name_of(app, name)}?band=B").get_data(as_text=True)
            answers[name] = item.right
        result = visitor.post(address, {"band": "B", "answers": json.dumps(answers), "next": "1"})
    assert result.status_code == 200
    assert f"/{locale}/boosters/1?band=B" in result.get_data(as_text=True)
    assert not [s for s in seen if not s.startswith("SELECT")]


def name_of(app, name):
    return app.extensions["balise.library"].lesson(name.split(":")[0]).number


def test_nothing_chosen_is_said_and_asked_again(app, visit):
    name, _item = questions(app, 1, "B")[0]
    page = visit().post("/en/boosters/1", {"band": "B", "item": name, "answers": "{}"})
    assert page.status_code == 422


@pytest.mark.parametrize("answers", ["[]", "{", '{"x:y": "z"}', '{"webcams:friends-on-sofa": 3}', "[" * 4000])
def test_odd_answers_in_the_form_are_left_out(visit, answers):
    assert visit().post("/en/boosters/1", {"band": "B", "answers": answers, "next": "1"}).status_code == 200


def test_each_age_has_its_own_and_an_unknown_one_gets_the_usual(app, visit):
    young = visit().get("/en/boosters/3?band=A").get_data(as_text=True)
    assert questions(app, 3, "A")[0][0] in young
    assert visit().get("/en/boosters/3?band=Z").status_code == 200
    assert visit().get("/en/boosters/77").status_code == 404
    assert visit().get("/en/boosters/2?band=A").status_code == 200  # not for this age: the usual one


def test_another_language_keeps_what_was_chosen_and_what_was_said(app, visit):
    visitor, (name, item) = visit(), next(q for q in questions(app, 1, "B") if q[1].kind == "single")
    chosen = next(o for o in item.options if o != item.right)
    form = {"band": "B", "item": name, "answers": "{}", "choice": chosen}
    asked = visitor.post("/fr/boosters/1", {**form, "language": "fr"})
    assert asked.status_code == 200
    html = asked.get_data(as_text=True)
    assert f'name="choice" value="{chosen}" checked' in html
    assert 'class="fb ' not in html, "nobody has asked yet whether it is right"
    address, sent = language_button(visitor.post("/fr/boosters/1", form).get_data(as_text=True), "ko")
    assert address == "/ko/boosters/1"
    said = visitor.post(address, sent).get_data(as_text=True)
    assert 'lang="ko"' in said
    assert 'class="fb fb-not"' in said
    assert json.loads(sent["answers"]) == {name: chosen}
