"""Somebody who left a second try midway finds both on their page: that try, and the answers of the one handed in."""

from __future__ import annotations

import re

from making import change, in_days, make_attempt, on_both

from app.classrooms.models import Assignment


def links_on(visit, path: str) -> dict[str, str]:
    html = visit("Amy").get(path).get_data(as_text=True)
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', html, re.DOTALL)
    return {re.sub(r"<[^>]+>", "", words).split(" · ")[0].strip(): url.replace("&amp;", "&") for url, words in found}


def where(visit, url: str, times: int = 4) -> str:
    """The address at the end of its redirects."""
    for _ in range(times):
        response = visit("Amy").get(url)
        if response.status_code != 303:
            return url
        url = response.headers["Location"]
    raise AssertionError("redirects without end")


@on_both
def test_both_tries_are_reached_from_ones_own_page(app, school, visit):
    with app.test_request_context(method="POST"):
        first = make_attempt(school.amy, school.assignment, right=1)
    assert not [words for words in links_on(visit, "/en/my-lessons") if words.startswith("Go on")]
    with app.test_request_context(method="POST"):
        make_attempt(school.amy, school.assignment, nth=2, answered=1)
    links = links_on(visit, "/en/my-lessons")
    assert where(visit, links["See your answers"]).endswith(f"/quizzes/result/{first}")
    [words] = [words for words in links if words.startswith("Go on")]
    assert re.fullmatch(r"Go on with your new try \(1 of \d answered\)", words)
    assert where(visit, links[words]).endswith(f"/quizzes/assigned/{school.assignment}")
    page = visit("Amy").get(links[words]).get_data(as_text=True)
    assert 'name="nth" value="2"' in page


def test_of_several_tries_the_last_one_handed_in_is_shown(app, school, visit):
    with app.test_request_context(method="POST"):
        make_attempt(school.amy, school.assignment, right=1)
        second = make_attempt(school.amy, school.assignment, nth=2)
        make_attempt(school.amy, school.assignment, nth=3, answered=2)
    assert where(visit, links_on(visit, "/en/my-lessons")["See your answers"]).endswith(f"/quizzes/result/{second}")


def test_what_is_handed_in_is_shown_after_closing_and_no_try_goes_on(app, school, visit):
    with app.test_request_context(method="POST"):
        first = make_attempt(school.amy, school.assignment, right=1)
        make_attempt(school.amy, school.assignment, nth=2, answered=1)
    change(app, Assignment, school.assignment, due_on=in_days(-3), closes_on=in_days(-1))
    links = links_on(visit, "/en/my-lessons")
    assert where(visit, links["See your answers"]).endswith(f"/quizzes/result/{first}")
    assert not [words for words in links if words.startswith("Go on")]


def test_asking_for_answers_before_anything_is_handed_in_leads_to_the_questions(app, school, visit):
    address = f"/en/quizzes/assigned/{school.assignment}?answers=1"
    assert visit("Amy").get(address).status_code == 200
    with app.test_request_context(method="POST"):
        make_attempt(school.amy, school.assignment, answered=1)
    assert visit("Amy").get(address).status_code == 200
