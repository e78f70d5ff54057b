"""Where to turn, as paper shows it: a name, and a number or an address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from app.core import sessions
from app.core.i18n import current_locale
from app.core.library import library
from app.curriculum.content import SERVICE_KINDS, Service
from app.curriculum.rendering import HELP_ORDER, help_html, privacy_html

ON_A_SHEET = SERVICE_KINDS
ON_A_LINE = ("emergency", "talk")
COUNTRY_OF_TIMEZONE = {"Europe/Paris": "FR", "Asia/Seoul": "KR"}


@dataclass(frozen=True)
class HelpLine:
    """A service as paper shows it: whom one reaches, and the number or address to reach them."""

    name: str
    reach: str

    @property
    def in_one(self) -> str:
        return self.name if self.reach in self.name else f"{self.name} {self.reach}"


def countries_near(timezone: str, locale: str) -> list[str]:
    """The country a class is in, by its clock and else by its language, then the others in the order of the reader's language; Quebec is
    near all of Canada."""
    return list(dict.fromkeys([country_of(timezone) or HELP_ORDER[locale][0], *HELP_ORDER[current_locale()]]))


def country_of(timezone: str) -> str:
    """The country whose help a class's clock speaks for, empty where it speaks for none of ours."""
    return COUNTRY_OF_TIMEZONE.get(timezone, "CA" if timezone.startswith("America/") else "")


def nearest(country: str) -> list[str]:
    """This country, and Quebec with Canada; nothing for none."""
    return ["CA", "QC"] if country == "CA" else [country] if country else []


def near_person() -> str:
    """The country of the class of whoever is signed in; empty for everybody else, whose language makes one likely."""
    return getattr(sessions.person(), "country", "")


def help_panel(near: str = "") -> str:
    """Where to turn, as HTML in the reader's language, this country first; made once for each."""
    return panel(help_html, near)


def privacy_panel(near: str = "") -> str:
    """What each service does with a name, likewise."""
    return panel(privacy_html, near)


def panel(made_by: Callable[[tuple[Service, ...], str, str], str], near: str) -> str:
    made = of_version(library().version)
    key = made_by.__name__, current_locale(), near
    if key not in made:
        made[key] = made_by(library().services, current_locale(), near)
    return made[key]


@lru_cache(maxsize=2)
def of_version(_version: str) -> dict[tuple[str, str, str], str]:
    return {}


def lines_of(country: str, kinds: tuple[str, ...], most: int = 2) -> list[HelpLine]:
    """The first services of a country, kind by kind: one of each before a second of any."""
    own = [s for s in library().services if s.country == country and s.kind in kinds]
    of_kind = {kind: [s for s in own if s.kind == kind] for kind in kinds}
    in_turn = [of_kind[kind][turn] for turn in range(len(own)) for kind in kinds if turn < len(of_kind[kind])]
    return [line for s in in_turn if (line := help_line(s))][:most]


def help_line(service: Service) -> HelpLine | None:
    """The service's number, or else its address, in the reader's language where it has one for each."""
    for wanted in ("phone", "web"):
        of_kind = [c for c in service.contacts if c.kind == wanted]
        for contact in sorted(of_kind, key=lambda c: current_locale() not in c.languages)[:1]:
            value = contact.value.removeprefix("https://").removeprefix("www.").rstrip("/")
            return HelpLine(service.name[current_locale()], value if len(value) <= 32 else value.partition("/")[0])
    return None
