from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from wtforms import DateField, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from app.classrooms.naming import nouns
from app.core.forms import BaseForm, Text, no_contact_details
from app.core.i18n import OWN_NAME, current_locale
from app.core.i18n import lazy_gettext as _l
from app.core.keys import tidy_code

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
LONGEST_CLASS = timedelta(days=366)


def right_code(_form: Any, field: Any) -> None:
    if len(tidy_code(field.data or "")) != 8:
        raise ValidationError(CODE_WANTED)


def code_field() -> Text:
    return Text(_l("Class code"), most=40, required=CODE_WANTED, validators=[right_code])


def by_label(choice: SelectChoice) -> str:
    return str(choice.label)


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


class ClassroomForm(BaseForm):
    label = Text(_l("Name of the class"), most=40, required=_l("Give the class a short name."), validators=[no_contact_details])
    band = RadioField(_l("Age of most students"), validators=[InputRequired(_l("Choose an age group."))])
    locale = RadioField(_l("Main language of the class"), validators=[InputRequired(_l("Choose a language."))])
    timezone = SelectField(_l("Time zone"))
    seats = IntegerField(
        _l("Number of students"),
        [InputRequired(_l("How many students are there?")), NumberRange(1, MOST_SEATS, _l("A class has 1 to 60 students."))],
        default=30,
    )
    ends_on = DateField(_l("Last day of the class"), [InputRequired(_l("Give the day as year-month-day, such as 2027-06-25."))])

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


class AssignForm(BaseForm):
    lesson = RadioField(_l("Lesson"), validators=[InputRequired(_l("Choose a lesson."))])
    opens_on = DateField(_l("Opens on"), [InputRequired(_l("Give the day as year-month-day, such as 2027-02-09."))])
    due_on = DateField(_l("Finish by (optional)"), [Optional()])

    def __init__(self, *args: Any, lessons: list[str], ends_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lesson.choices = [SelectChoice(slug, slug) for slug in lessons]
        self.ends_on = ends_on

    def validate_due_on(self, field: Any) -> None:
        check_dates(self, field, self.ends_on)


class DatesForm(BaseForm):
    opens_on = DateField(_l("Opens on"), [InputRequired(_l("Give the day as year-month-day, such as 2027-02-09."))])
    due_on = DateField(_l("Finish by (optional)"), [Optional()])

    def __init__(self, *args: Any, ends_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ends_on = ends_on

    def validate_due_on(self, field: Any) -> None:
        check_dates(self, field, self.ends_on)


def check_dates(form: Any, field: Any, ends_on: date) -> None:
    if field.data and form.opens_on.data and field.data < form.opens_on.data:
        raise ValidationError(_l("The last day cannot come before the first one."))
    if field.data and field.data > ends_on:
        raise ValidationError(_l("The class ends before this day. Choose an earlier day, or change the end of the class."))
