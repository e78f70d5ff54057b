"""Days that no calendar has."""

from __future__ import annotations


def test_a_number_of_days_that_no_calendar_has_is_a_sentence(school, visit):
    form = {"unit": "help", "every": "7", "opens_on": "2099-01-01", "due_after": "9" * 400, "late": "counts", "for_group": "0"}
    assert visit("Ms Tremblay").post(f"/en/classrooms/{school.class_6b}/assign/unit", form, check=False).status_code == 422
