"""Days that no calendar has, and days that nobody means."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock


def test_a_number_of_days_that_no_calendar_has_is_a_sentence(school, visit):
    form = {"unit": "help", "every": "7", "opens_on": "2099-01-01", "due_after": "9" * 400, "late": "counts", "for_group": "0"}
    assert visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/assign/unit", form, check=False).status_code == 422


@pytest.mark.parametrize("day", ["0001-01-01", "0206-11-22", "1969-12-31", "2006-11-22"])
@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_a_day_of_years_ago_is_a_slip(school, visit, day, locale):
    teacher = visit("Ms Tremblay")
    form = {"opens_on": day, "due_on": "", "late": "counts", "for_group": "0"}
    answer = teacher.post(f"/{locale}/classrooms/{school.class_6b}/assign", {**form, "lesson": "deepfakes"})
    assert answer.status_code == 422
    told = {"en": "This day was years ago. Check the year.", "fr": "Ce jour remonte à plusieurs années.", "ko": "몇 년 전 날짜입니다."}
    assert told[locale] in answer.get_data(as_text=True)
    assert day in answer.get_data(as_text=True), "what was typed is still there"
    last_year = (clock.today() - timedelta(300)).isoformat()
    assert (
        teacher.post(f"/{locale}/classrooms/{school.class_6b}/assign", {**form, "lesson": "deepfakes", "opens_on": last_year}).status_code
        == 303
    )


def test_what_is_no_day_is_a_sentence(school, visit):
    form = {"opens_on": "on", "due_on": "", "late": "counts", "for_group": "0", "lesson": "deepfakes"}
    answer = visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/assign", form)
    assert answer.status_code == 422
    assert "Give the day as year-month-day" in answer.get_data(as_text=True)
