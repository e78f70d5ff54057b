"""Three languages: taken from the URL, never from a cookie; texts from `translations/`, days and numbers from Babel."""

from __future__ import annotations

import gettext as gnu
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, current_app, g, has_request_context, request, url_for
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept

from app.config import WrongConfiguration, part
from app.curriculum.locales import LOCALES
from app.curriculum.typography import french

TRANSLATIONS = part("translations")
HTML_LANG = {"en": "en-CA", "fr": "fr-CA", "ko": "ko"}
OWN_NAME = {"en": "English", "fr": "Français", "ko": "한국어"}
BABEL = {"en": "en_CA", "fr": "fr_CA", "ko": "ko_KR"}
# CLDR writes Korean times as "AM 9:05"; nobody in Korea does.
KEPT_IN_LINKS = (
    "band",
    "class",
    "minutes",
    "unit",
    "with",
    "item",
    "again",
    "names",
    "code",
    "q",
    "country",
    "assigned",
    "saved",
    "show",
    "size",
    "group",
    "lesson",
    "week",
    "language",
    "month",
)
OTHER_LANGUAGE = "language"  # the button of a form that was pressed: the same page in another language, and nothing is answered by it
MOMENT = {"en": "EEE d MMM, h:mm a", "fr": "EEE d MMM, H 'h' mm", "ko": "M월 d일 (EEE) HH:mm"}


def compile_catalogues() -> None:
    """translations/*.po to .mo, with French spacing put in once, here, and never typed by translators."""
    for locale in LOCALES:
        folder = TRANSLATIONS / locale / "LC_MESSAGES"
        source, target = folder / "messages.po", folder / "messages.mo"
        if not source.exists() or (target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns):
            continue
        # Imported only where there is something to compile: most starts have nothing.
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        with source.open("rb") as file:
            catalogue = read_po(file, locale=locale)
        if locale == "fr":
            for message in catalogue:
                if message.id and message.string:
                    text = message.string
                    message.string = french(text) if isinstance(text, str) else tuple(french(t) for t in text)
        with target.open("wb") as out:
            write_mo(out, catalogue)
        catalogue_of.cache_clear()


@cache
def catalogue_of(locale: str) -> gnu.NullTranslations:
    return gnu.translation("messages", str(TRANSLATIONS), languages=[locale], fallback=True)


def current_locale() -> str:
    """The language of the page being made."""
    return getattr(g, "locale", "en") if has_request_context() else "en"


def gettext(message: str, **values: Any) -> str:
    text = catalogue_of(current_locale()).gettext(message)
    return text % values if values else text


def pgettext(context: str, message: str, **values: Any) -> str:
    """A text that one kind of reader is told in words of their own: "teacher" where French says vous and Korean speaks formally."""
    text = catalogue_of(current_locale()).pgettext(context, message)
    return text % values if values else text


def ngettext(one: str, many: str, n: int, **values: Any) -> str:
    text = catalogue_of(current_locale()).ngettext(one, many, n)
    return text % {"num": n, "n": n, **values}


def told(error: WrongConfiguration, environ: Mapping[str, str] | None = None) -> str:
    """What is wrong with the settings, in the language of the operator's terminal (LC_ALL, LC_MESSAGES, LANG; English otherwise)."""
    env = os.environ if environ is None else environ
    wanted = next((env[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")[:2]
    with suppress(OSError):  # a folder that cannot be written must not keep the sentence back
        compile_catalogues()
    text = catalogue_of(wanted if wanted in LOCALES else "en").gettext(error.message)
    return text % error.values if error.values else text


class Lazy:
    """A text that is looked up when it is shown, in the language of that moment."""

    def __init__(self, message: str, **values: Any) -> None:
        self.message, self.values = message, values

    def __str__(self) -> str:
        return gettext(self.message, **self.values)

    def __html__(self) -> str:
        return str(escape(str(self)))

    def __mod__(self, values: Any) -> str:
        return str(self) % values

    def __bool__(self) -> bool:
        return bool(self.message)


def lazy_gettext(message: str, **values: Any) -> Any:
    return Lazy(message, **values)


class FormTranslations:
    """WTForms' own messages are replaced by ours in `core/forms.py`; what is left goes through the same catalogue."""

    def gettext(self, message: str) -> str:
        return gettext(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return catalogue_of(current_locale()).ngettext(one, many, n)


def best_locale(accept: LanguageAccept) -> str:
    """The reader's first language among ours; English when there is none."""
    for wanted, _ in accept:
        if (code := wanted.replace("_", "-").split("-")[0].lower()) in LOCALES:
            return code
    return "en"


class Language:
    """One of the other two languages, as a link to this same page."""

    def __init__(self, code: str, url: str) -> None:
        self.code, self.name, self.html_lang, self.url = code, OWN_NAME[code], HTML_LANG[code], url


def other_languages() -> list[Language]:
    here = current_locale()
    return [Language(code, same_page_in(code)) for code in LOCALES if code != here]


def alternates(base: str) -> list[tuple[str, str]]:
    """This page in every language, and for everybody else, as <link hreflang>: whole addresses below BALISE_URL where it is set.

    Never below the address of the request: finished pages are kept, and a made-up Host would be kept with them."""
    pages = [(code, base + same_page_in(code)) for code in LOCALES]
    default = "/" if request.endpoint == "home.first" else same_page_in("en")
    return [*pages, ("x-default", base + default)]


# Pages that only a form leads to, and the page that stands for them in another language.
TWINS = {
    "classrooms.join_name": "classrooms.join",
    "classrooms.join_words": "classrooms.join",
    "classrooms.new_words_taken": "classrooms.new_words",
    "classrooms.reset": "classrooms.show",
    "practice.count": "practice.show",
    "classrooms.open_door": "classrooms.show",
    "classrooms.close_door": "classrooms.show",
    "classrooms.renew_code": "classrooms.show",
    "classrooms.remove": "classrooms.show",
    "classrooms.unassign": "classrooms.edit_assignment",
    "classrooms.reopen": "classrooms.edit_assignment",
    "classrooms.close_again": "classrooms.edit_assignment",
    "classrooms.put_in_groups": "classrooms.show",
    "progress.put_reason_aside": "progress.show",
    "progress.take_reason_back": "progress.show",
    "lessons.mark_read": "lessons.assigned",
    "lessons.pulse": "lessons.assigned",
    "accounts.sign_out_everywhere": "accounts.show",
    "classrooms.erase": "classrooms.edit",
    "schools.invite_teacher": "schools.index",
    "boards.make": "boards.index",
}


def same_page_in(code: str) -> str:
    """The address of this page in another language; of its twin that can be opened where this one came from a form."""
    rule = request.url_rule
    endpoint = request.endpoint
    if rule is None or not endpoint or "locale" not in rule.arguments:
        return url_for("home.first", locale=code)
    values = {**(request.view_args or {}), **getattr(g, "stand_in_args", {})}
    if "GET" not in (rule.methods or ()):
        same_place = (r.endpoint for r in current_app.url_map.iter_rules() if r.rule == rule.rule and "GET" in (r.methods or ()))
        endpoint = TWINS.get(endpoint) or next(same_place, "home.first")
        wanted = next(current_app.url_map.iter_rules(endpoint)).arguments
        values = {name: value for name, value in values.items() if name in wanted}
        query = dict(getattr(g, "link_query", {}))
    else:
        # Only what the page itself put there; a long or odd query is dropped rather than echoed.
        query = {k: v for k, v in request.args.items() if k in KEPT_IN_LINKS and len(v) <= 64}
    return url_for(endpoint, **{**query, **values, "locale": code})


def show_day(day: date) -> str:
    """The day without its year: December 3, 1er décembre, 12월 3일."""
    return day_in(current_locale(), day)


@lru_cache(maxsize=1000)
def day_in(locale: str, day: date) -> str:
    pattern = {"ko": "M월 d일", "fr": "d MMMM", "en": "MMMM d"}[locale]
    return first_of_the_month(day, format_date(day, pattern, locale=BABEL[locale]))


def show_weekday(day: date) -> str:
    """The day with its name: Thursday, November 19; jeudi 19 novembre; 11월 19일 목요일."""
    locale = current_locale()
    pattern = {"ko": "M월 d일 EEEE", "fr": "EEEE d MMMM", "en": "EEEE, MMMM d"}[locale]
    return first_of_the_month(day, format_date(day, pattern, locale=BABEL[locale]))


def show_month(day: date) -> str:
    """The month and no day: November 2026, novembre 2026, 2026년 11월."""
    locale = current_locale()
    return format_date(day, {"ko": "yyyy년 M월"}.get(locale, "LLLL yyyy"), locale=BABEL[locale])


def show_full_day(day: date) -> str:
    return first_of_the_month(day, format_date(day, "long", locale=BABEL[current_locale()]))


def show_number(n: float, pattern: str | None = None) -> str:
    """As this language writes it, thousands apart: 1,000; 1 000; 1,000. With the pattern "0.00": 0.31; 0,31; 0.31."""
    return format_decimal(n, pattern, locale=BABEL[current_locale()])


def first_of_the_month(day: date, shown: str) -> str:
    """French says "1er", which Babel does not."""
    return shown.replace("1 ", "1er ", 1) if day.day == 1 and current_locale() == "fr" else shown


def with_colon(name: str) -> Markup:
    """A name, and the colon after it as the language sets it."""
    return escape(name) + ("\N{NO-BREAK SPACE}:" if current_locale() == "fr" else ":")


def show_moment(moment: datetime, timezone: str = "UTC") -> str:
    return format_datetime(moment.astimezone(ZoneInfo(timezone)), MOMENT[current_locale()], locale=BABEL[current_locale()])


def init_app(app: Flask) -> None:
    compile_catalogues()
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    install: Callable[..., None] = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]
    # Jinja fills the gaps itself: it wants the plain look-ups.
    install(
        lambda message: catalogue_of(current_locale()).gettext(message),
        lambda one, many, n: catalogue_of(current_locale()).ngettext(one, many, n),
        newstyle=True,
        pgettext=lambda context, message: catalogue_of(current_locale()).pgettext(context, message),
    )
    days = {"day": show_day, "weekday": show_weekday, "full_day": show_full_day, "month": show_month}
    app.jinja_env.filters.update(**days, number=show_number, moment=show_moment, colon=with_colon)

    @app.url_value_preprocessor
    def take_locale_out(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values is not None and "locale" in values:
            g.locale = values.pop("locale")
        else:
            first = request.path.split("/", 2)[1]
            g.locale = first if first in LOCALES else best_locale(request.accept_languages)

    @app.url_defaults
    def put_locale_in(endpoint: str, values: dict[str, Any]) -> None:
        if "locale" not in values and app.url_map.is_endpoint_expecting(endpoint, "locale"):
            values["locale"] = current_locale()


def as_markup(text: str) -> Markup:
    return Markup(text)  # noqa: S704  (compiled content: cleaned when it was compiled)
