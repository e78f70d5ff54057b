"""Forms: WTForms with our words, our cleaning and our CSRF token (see core/sessions.py)."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask import Request, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from wtforms import Form, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from app.core.i18n import FormTranslations
from app.core.i18n import lazy_gettext as _l

BIDI = {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u200f", "\ufeff"}


def clean(text: str | None) -> str:
    """NFC, one line, without NUL, lone surrogates, control and direction characters: PostgreSQL and log readers want it so."""
    composed = unicodedata.normalize("NFC", text or "")
    kept = (" " if c in "\t\r\n" else c for c in composed)
    return "".join(c for c in kept if c not in BIDI and unicodedata.category(c) not in ("Cc", "Cs", "Cn")).strip()


class WithoutFiles(Request):
    """A request whose form may hold words only: a file is refused before any of it is kept, in memory or on the disk (trust E-5)."""

    def _get_file_stream(self, *_args: Any, **_more: Any) -> Any:
        raise BadRequest


class BaseForm(Form):
    """A form of this site; `Form.sent()` is True when it was posted and everything in it is right."""

    class Meta:
        locales: tuple[str, ...] = ()

        def get_translations(self, _form: Form) -> FormTranslations:
            return FormTranslations()

    @classmethod
    def from_request(cls, **kwargs: Any) -> Any:
        data: MultiDict[str, str] | None = request.form if request.method == "POST" else None
        return cls(data, **kwargs)

    def sent(self) -> bool:
        return request.method == "POST" and self.validate()


class Text(StringField):
    """One cleaned line of text, at most `most` characters."""

    def __init__(self, label: Any, most: int = 80, required: Any = "", **kwargs: Any) -> None:
        checks: list[Any] = [Length(max=most, message=_l("This is too long: %(most)s characters at most.", most=most))]
        if required:
            checks.insert(0, InputRequired(message=required))
        kwargs["validators"] = [*checks, *kwargs.get("validators", [])]
        super().__init__(label, filters=[clean], **kwargs)


def no_contact_details(_form: Form, field: Any) -> None:
    """A label is the only thing a teacher can write to students: no address, number or account may be in it (trust E-6)."""
    text = unicodedata.normalize("NFKC", field.data or "")
    digits = sum(c.isdigit() for c in text)
    lowered = text.lower()
    if (
        digits > 4
        or "@" in text
        or "://" in text
        or "www." in lowered
        or any(end in lowered for end in (".com", ".ca", ".net", ".org", ".kr", ".fr", ".gg", ".me"))
    ):
        raise ValidationError(_l("Write a plain label such as “Grade 8, room 12”: no addresses, account names or long numbers."))
