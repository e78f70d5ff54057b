from __future__ import annotations

import unicodedata
from typing import Any

from wtforms import PasswordField
from wtforms.validators import InputRequired, Regexp, ValidationError

from app.accounts.queries import common_passwords
from app.core.forms import BaseForm, Text
from app.core.i18n import lazy_gettext as _l
from app.core.keys import ascii_digits


def good_password(_form: Any, field: Any) -> None:
    """At least 8 characters, any characters, pasted or typed; not one of the most used ones (ASVS 6.2)."""
    text = unicodedata.normalize("NFKC", field.data or "")
    if len(text) < 8:
        raise ValidationError(_l("Use at least 8 characters. A sentence of four or five words is best."))
    if len(text) > 200:
        raise ValidationError(_l("Use at most 200 characters."))
    if text.casefold() in common_passwords():
        raise ValidationError(_l("This password is on the lists that attackers try first. Choose another one."))


class CodeField(Text):
    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(
            label,
            most=10,
            required=_l("Type the 6 digits that your authenticator app shows."),
            validators=[Regexp(r"^\s*\d{3}\s?\d{3}\s*$", message=_l("Type the 6 digits that your authenticator app shows."))],
            **kwargs,
        )

    @property
    def digits(self) -> str:
        return ascii_digits(self.data or "")


class SignInForm(BaseForm):
    email = Text(_l("Email address"), most=254, required=_l("Type the email address you were invited with."))
    password = PasswordField(_l("Password"), [InputRequired(_l("Type your password."))])
    code = CodeField(_l("6-digit code"))


class AcceptForm(BaseForm):
    email = Text(_l("Email address"), most=254, required=_l("Type the email address you were invited with."))
    name = Text(_l("Name shown to you"), most=40, required=_l("Type a short name, such as “Ms Tremblay”."))
    password = PasswordField(_l("Password"), [InputRequired(_l("Choose a password.")), good_password])
    code = CodeField(_l("6-digit code"))


class PasswordForm(BaseForm):
    present = PasswordField(_l("Present password"), [InputRequired(_l("Type your present password."))])
    password = PasswordField(_l("New password"), [InputRequired(_l("Choose a password.")), good_password])
