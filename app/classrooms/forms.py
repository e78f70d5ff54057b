from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from app.classrooms.models import CHOSEN, EVERYBODY, MOST_GROUPS
from app.classrooms.naming import alphabetical, nouns
from app.core import clock
from app.core.forms import BaseForm, Text, no_contact_details
from app.core.i18n import OWN_NAME, current_locale, ngettext
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.keys import tidy_code
from app.curriculum.assigning import Days

TIMEZONES = {
    "America/St_Johns": _l("Newfoundland"),
    "America/Halifax": _l("Atlantic (Halifax)"),
    "America/Toronto": _l("Eastern (Toronto, Montreal)"),
    "America/Winnipeg": _l("Central (Winnipeg)"),
    "America/Regina": _l("Saskatchewan"),
    "America/Edmonton": _l("Mountain (Edmonton)"),
    "America/Vancouver": _l("Pacific (Vancouver)"),
    "Europe/Paris": _l("France (Paris)"),
    "Asia/Seoul": _l("Korea (Seoul)"),
    "UTC": _l("Universal time (UTC)"),
}
BANDS = {"A": _l("10 to 11 years"), "B": _l("12 to 14 years"), "C": _l("15 to 17 years")}
CODE_WANTED = _l("Type the 8 letters and numbers of your class code.")
CHOOSE = _l("Choose")
PICK_NAME = _l("Choose both parts of your name.")
MOST_SEATS = 60
LAST_DAY_WANTED = _l("Give the day as year-month-day, such as 2027-06-25.")
LONGEST_CLASS = timedelta(days=366)


def right_code(_form: Any, field: Any) -> None:
    if len(tidy_code(field.data or "")) != 8:
        raise ValidationError(CODE_WANTED)


def code_field() -> Text:
    return Text(_l("Class code"), most=40, required=CODE_WANTED, validators=[right_code])


def by_label(choice: SelectChoice) -> tuple[str, str]:
    return alphabetical(str(choice.label))


class JoinForm(BaseForm):
    code = code_field()


class NameForm(BaseForm):
    """Class code and pseudonym, the latter as two lists: nothing to spell, and no list of who is in the class."""

    code = code_field()
    first = SelectField(_l("First part of your name"), validators=[InputRequired(PICK_NAME)])
    second = SelectField(_l("Second part of your name"), validators=[InputRequired(PICK_NAME)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        locale = current_locale()
        for field, words in zip((self.first, self.second), nouns(), strict=True):
            names = sorted((SelectChoice(str(i), w[locale]) for i, w in words.items()), key=by_label)
            field.choices = [SelectChoice("", str(CHOOSE)), *names]

    @property
    def name(self) -> tuple[int, int]:
        return int(self.first.data), int(self.second.data)


WORD = _l("Type your three words.")


class SignInForm(NameForm):
    word1 = Text(_l("First word"), most=60, required=WORD)
    word2 = Text(_l("Second word"), most=60, required=WORD)
    word3 = Text(_l("Third word"), most=60, required=WORD)

    @property
    def secret(self) -> str:
        return f"{self.word1.data} {self.word2.data} {self.word3.data}"


class NewWordsForm(NameForm):
    digits = Text(_l("6-digit number from your teacher"), most=12, required=_l("Type the 6 digits your teacher gave you."))


def within_reach(number: int | None) -> int | None:
    """The range of a number is looked at as a float, which cannot hold four hundred digits: those are as wrong as a billion."""
    return None if number is None else max(-(10**9), min(number, 10**9))


class ClassroomForm(BaseForm):
    label = Text(_l("Name of the class"), most=40, required=_l("Give the class a short name."), validators=[no_contact_details])
    band = RadioField(_l("Age of most students"), validators=[InputRequired(_l("Choose an age group."))])
    locale = RadioField(_l("Main language of the class"), validators=[InputRequired(_l("Choose a language."))])
    timezone = SelectField(_l("Time zone"))
    seats = IntegerField(
        _l("Number of students"),
        [InputRequired(_l("How many students are there?")), NumberRange(1, MOST_SEATS, _l("A class has 1 to 60 students."))],
        default=30,
        filters=[within_reach],
    )
    ends_on = DateField(_l("Last day of the class"), [InputRequired(LAST_DAY_WANTED)], invalid_value_message=LAST_DAY_WANTED)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.band.choices = [SelectChoice(k, str(v)) for k, v in BANDS.items()]
        self.locale.choices = [SelectChoice(k, v) for k, v in OWN_NAME.items()]
        self.timezone.choices = [SelectChoice(k, str(v)) for k, v in TIMEZONES.items()]
        if self.ends_on.data is None and not self.ends_on.raw_data:
            self.ends_on.data = date(today.year + (today.month > 6), 6, 30)

    def validate_ends_on(self, field: Any) -> None:
        if field.data and not self.today <= field.data <= self.today + LONGEST_CLASS:
            raise ValidationError(_l("The last day lies between today and a year from now. Everything is deleted 30 days after it."))


DAY_WANTED = _l("Give the day as year-month-day, such as 2027-02-09.")
DAY_MISSING = _l("Choose a day.")  # a field for days has no text form in most browsers
TOO_LATE = _l("The class ends before this day. Choose an earlier day, or change the end of the class.")
TICK_SOMEBODY = _l("Tick at least one student, or choose everybody.")
DAY_FOR_THE_RULE = _l("What is the last day for answers? Enter a day to finish by, or let late answers count.")
LATE_COUNTS, LATE_ONE_WEEK, LATE_NOTHING = "counts", "week", "nothing"  # what happens after the day to finish by
MOST_DAYS = 60
LONG_AGO = timedelta(5 * 366)  # a class goes on for a year at a time, and may be prolonged


def in_our_days(_form: Any, field: Any) -> None:
    """Nobody means a day of years ago: a digit of the year is missing or wrong."""
    if field.data and field.data < clock.today() - LONG_AGO:  # what is no day at all has its own sentence
        raise ValidationError(_l("This day was years ago. Check the year."))


def day_field(label: Any, required: bool = True) -> DateField:
    wanted = InputRequired(DAY_MISSING) if required else Optional()
    return DateField(label, [wanted, in_our_days], invalid_value_message=DAY_WANTED)


class Seats(NamedTuple):
    """Who can be chosen in a form: students by number, and how many are in each group."""

    names: dict[int, str]
    groups: dict[int, int]


class ForWhom(BaseForm):
    """Whom something is given to: everybody, a group, or students one by one."""

    for_group = RadioField(_l("For whom?"), default=str(EVERYBODY))
    chosen = SelectMultipleField(_l("Students"), coerce=int, default=())
    checks = BooleanField(_l("A short check before and after"))

    def __init__(self, *args: Any, seats: Seats, ends_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ends_on = ends_on
        everybody = ngettext("The whole class (%(n)s student)", "The whole class (%(n)s students)", len(seats.names))
        groups = [
            SelectChoice(str(g), ngettext("Group %(number)s (%(n)s student)", "Group %(number)s (%(n)s students)", size, number=g))
            for g, size in sorted(seats.groups.items())
        ]
        some = [SelectChoice(str(CHOSEN), _("Students I choose"))] if seats.names else []
        self.for_group.choices = [SelectChoice(str(EVERYBODY), everybody), *groups, *some]
        self.chosen.choices = [SelectChoice(student_id, name) for student_id, name in seats.names.items()]

    @property
    def audience(self) -> int:
        return int(self.for_group.data)

    @property
    def chosen_ids(self) -> list[int]:
        return list(self.chosen.data or ()) if self.audience == CHOSEN else []

    def validate(self, extra_validators: Any = None) -> bool:
        fits = bool(super().validate(extra_validators))
        if not self.for_group.errors and self.audience == CHOSEN and not self.chosen.data:
            self.chosen.errors = [TICK_SOMEBODY]
        for field, message in self.wrong_days():
            if not field.errors:
                field.errors = [message]
        return fits and not self.errors

    def wrong_days(self) -> Iterator[tuple[Any, Any]]:
        """Days that do not go together: the field, and what is wrong with it. A field with an error of its own keeps that one."""
        yield from ()


class DatesForm(ForWhom):
    """An assignment that is there: whom it is for, its days, and what happens after them."""

    opens_on = day_field(_l("Opens on"))
    due_on = day_field(_l("Finish by (optional)"), required=False)
    late = RadioField(_l("After the day to finish by"), default=LATE_COUNTS)
    closes_on = day_field(_l("Answers count until (optional)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.late.choices = [
            SelectChoice(LATE_COUNTS, _("Answers still count and are marked late")),
            SelectChoice(LATE_NOTHING, _("Nothing is accepted after this day")),
        ]

    @property
    def days(self) -> Days:
        return Days(self.opens_on.data, self.due_on.data, self.due_on.data if self.late.data == LATE_NOTHING else self.closes_on.data)

    def wrong_days(self) -> Iterator[tuple[Any, Any]]:
        opens_on, due_on = self.opens_on.data, self.due_on.data
        if opens_on and opens_on > self.ends_on:
            yield self.opens_on, TOO_LATE
        if due_on and opens_on and due_on < opens_on:
            yield self.due_on, _l("The last day cannot come before the first one.")
        if due_on and due_on > self.ends_on:
            yield self.due_on, TOO_LATE
        if self.late.data == LATE_NOTHING:
            if not due_on and not self.due_on.errors:
                yield self.late, DAY_FOR_THE_RULE
            return
        closes_on, first = self.closes_on.data, due_on or opens_on
        if closes_on and first and closes_on < first:
            yield self.closes_on, _l("Answers cannot stop counting before the day to finish by, or before the lesson opens.")
        if closes_on and closes_on > self.ends_on:
            yield self.closes_on, TOO_LATE


class AssignForm(DatesForm):
    """The same for a lesson that is to be assigned."""

    lesson = RadioField(_l("Lesson"), validators=[InputRequired(_l("Choose a lesson."))])

    def __init__(self, *args: Any, lessons: list[str], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.lesson.choices = [SelectChoice(slug, slug) for slug in lessons]

    def wrong_days(self) -> Iterator[tuple[Any, Any]]:
        yield from super().wrong_days()
        if (last := self.days.closes_on) and last < self.today:
            field = self.due_on if self.late.data == LATE_NOTHING else self.closes_on
            yield field, _l("This day has passed, so nobody could answer. Choose a later day.")


class UnitForm(ForWhom):
    """A whole unit, one lesson after the other in the same rhythm."""

    unit = RadioField(_l("Which unit?"), validators=[InputRequired(_l("Choose a unit."))])
    opens_on = day_field(_l("First lesson opens on"))
    every = RadioField(_l("How often?"), default="7")
    due_after = IntegerField(
        _l("Days to finish each lesson (optional)"), [Optional(), NumberRange(0, MOST_DAYS, _l("Give a number of days from 0 to 60."))],
        filters=[within_reach], invalid_value_message=_l("Give a number of days from 0 to 60."),
    )  # fmt: skip
    late = RadioField(_l("After the day to finish by"), default=LATE_COUNTS)

    def __init__(self, *args: Any, units: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit.choices = [SelectChoice(unit, unit) for unit in units]
        self.every.choices = [SelectChoice("7", _("Every week")), SelectChoice("14", _("Every two weeks"))]
        self.late.choices = [
            SelectChoice(LATE_COUNTS, _("Answers still count and are marked late, until the class ends")),
            SelectChoice(LATE_ONE_WEEK, _("Answers still count and are marked late, for one more week")),
            SelectChoice(LATE_NOTHING, _("Nothing is accepted after this day")),
        ]

    @property
    def first(self) -> Days:
        """The days of the first lesson."""
        opens_on: date = self.opens_on.data
        if self.due_after.data is None:
            return Days(opens_on)
        due_on = opens_on + timedelta(max(0, min(self.due_after.data, MOST_DAYS)))  # also asked for while the number is still a wrong one
        return Days(opens_on, due_on, {LATE_ONE_WEEK: due_on + timedelta(7), LATE_NOTHING: due_on}.get(self.late.data))

    def wrong_days(self) -> Iterator[tuple[Any, Any]]:
        if self.opens_on.data and self.opens_on.data > self.ends_on:
            yield self.opens_on, TOO_LATE
        if self.late.data != LATE_COUNTS and self.due_after.data is None and not self.due_after.errors:
            yield self.late, _l("After which day? Give the number of days to finish a lesson, or let late answers count.")


def day_proposed(today: date, closes_on: date, ends_on: date) -> date:
    """A week from the first day that is more time: today, or the day after the lesson closes. No later than the class ends."""
    return min(max(today, closes_on + timedelta(1)) + timedelta(7), ends_on)


class ReopenForm(BaseForm):
    """More time for one student."""

    student = SelectField(_l("Student"), coerce=int, invalid_choice_message=_l("Choose a student."))
    open_until = day_field(_l("Until the end of"))

    def __init__(self, *args: Any, students: dict[int, str], today: date, closes_on: date, ends_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.closes_on, self.ends_on = today, closes_on, ends_on
        first = [SelectChoice(0, str(CHOOSE))] if students else []  # nobody gets time because a list begins with them
        self.student.choices = [*first, *(SelectChoice(student_id, name) for student_id, name in students.items())]
        if self.open_until.data is None and not self.open_until.raw_data:
            self.open_until.data = day_proposed(today, closes_on, ends_on)

    def validate_student(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Choose a student."))

    def validate_open_until(self, field: Any) -> None:
        if field.data and field.data < self.today:
            raise ValidationError(_l("This day has passed. Choose today or a later day."))
        if field.data and field.data <= self.closes_on:
            raise ValidationError(_l("The lesson is open to everybody until then. Choose a later day."))
        if field.data and field.data > self.ends_on:
            raise ValidationError(TOO_LATE)


class CopyForm(BaseForm):
    """To which class, from which day on."""

    to = SelectField(_l("To which class?"), coerce=int, invalid_choice_message=_l("Choose a class."))
    opens_on = day_field(_l("First lesson opens on"))

    def __init__(self, *args: Any, classes: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.to.choices = [SelectChoice(classroom_id, label) for classroom_id, label in classes.items()]


def groups_in(form: Mapping[str, str], now: Mapping[int, int]) -> dict[int, int]:
    """Student -> group as a form with a list for each has them; where it says nothing that can be, the group they are in `now`."""
    numbers = {str(number): number for number in range(MOST_GROUPS + 1)}
    return {student_id: numbers.get(form.get(f"group-{student_id}", ""), number) for student_id, number in now.items()}


def lots_wanted(form: Mapping[str, str], students: int) -> int:
    """Into how many groups a class is to be divided by lot; 0: it is not."""
    most = min(MOST_GROUPS, students)
    return next((n for n in range(2, most + 1) if form.get("into") == str(n)), 0)
