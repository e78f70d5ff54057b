from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from wtforms import BooleanField, DateField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from app.core.forms import BaseForm, Text
from app.core.i18n import lazy_gettext as _l

A_YEAR = timedelta(366)
SURE = _l("Tick the box if you are sure.")


class InviteForm(BaseForm):
    email = Text(_l("Email address"), most=254, required=_l("Type the teacher’s email address."))

    def validate_email(self, field: Any) -> None:
        """Only the obvious: the address is never written to, it is what the teacher will sign in with."""
        name, at, host = (field.data or "").rpartition("@")
        if not (name and at and host) or " " in field.data:
            raise ValidationError(_l("Write the whole address, such as ms.roy@school.example."))


class CloseForm(BaseForm):
    sure = BooleanField(_l("Yes, close this account"), [InputRequired(SURE)])


class HandOverForm(BaseForm):
    teacher = RadioField(_l("Who takes the class?"), coerce=int, validators=[InputRequired(_l("Choose a teacher."))])
    sure = BooleanField(_l("Yes, hand the class over now"), [InputRequired(SURE)])

    def __init__(self, *args: Any, teachers: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teacher.choices = [SelectChoice(t.id, t.display_name) for t in teachers]


class YearEndForm(BaseForm):
    classes = SelectMultipleField(_l("Which classes end?"), coerce=int, validators=[InputRequired(_l("Choose at least one class."))])
    last_day = DateField(_l("Last day of these classes"), [InputRequired(_l("Give the day as year-month-day, such as 2027-06-25."))])

    def __init__(self, *args: Any, classes: list[Any], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.classes.choices = [SelectChoice(c.id, c.label) for c in classes]

    def validate_last_day(self, field: Any) -> None:
        if field.data and not self.today <= field.data <= self.today + A_YEAR:
            raise ValidationError(_l("The last day is today or later, and at most a year from now."))


class ReportForm(BaseForm):
    sure = BooleanField(_l("Yes, make the report now"), [InputRequired(SURE)])
