"""The parts of a page that come from data files (help, laws, facts, source marks), as clean HTML.

Authors' Markdown itself is turned into HTML by `markup.py`, which alone imports the Markdown libraries; a request may
import this module and never pays for those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from html import escape

from .content import Contact, Fact, Service
from .locales import HTML_LANG, in_locale
from .typography import typeset, typeset_html

# Raise this when rendered HTML changes though no lesson file does: it is part of the library's version.
RENDER_VERSION = 5

# Whoever speaks under one of these names in a chat is the reader.
READERS_OWN_NAMES = ("Toi", "You", "나")

# Which country's help and laws come first for a reader of this language.
HELP_ORDER = {
    "en": ("CA", "QC", "INT", "FR", "KR"),
    "fr": ("CA", "QC", "FR", "INT", "KR"),
    "ko": ("KR", "INT", "CA", "QC", "FR"),
}

# The fixed words of blocks, in the three languages.
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "CA": "Canada",
        "QC": "Quebec",
        "FR": "France",
        "KR": "Korea",
        "INT": "Elsewhere in the world",
        "copy": "Copy these words",
        "copied": "Copied",
        "chat": "Made-up conversation",
        "laws": "General information, not legal advice. Laws change. Last checked: {date}.",
        "text": "Text {value}",
        "web": "Open {value}",
        "chat-at": "Chat: {value}",
        "app": "App: {value}",
        "hours": "Hours: {hours}",
    },
    "fr": {
        "CA": "Canada",
        "QC": "Québec",
        "FR": "France",
        "KR": "Corée",
        "INT": "Ailleurs dans le monde",
        "copy": "Copier ces mots",
        "copied": "Copié",
        "chat": "Conversation inventée",
        "laws": "Information générale, pas un avis juridique. Les lois changent. Dernière vérification : {date}.",
        "text": "Texto au {value}",
        "web": "Ouvrir {value}",
        "chat-at": "Clavardage : {value}",
        "app": "Application : {value}",
        "hours": "Heures : {hours}",
    },
    "ko": {
        "CA": "캐나다",
        "QC": "퀘벡",
        "FR": "프랑스",
        "KR": "한국",
        "INT": "그 밖의 나라",
        "copy": "이 말 복사하기",
        "copied": "복사했어요",
        "chat": "지어낸 대화",
        "laws": "일반적인 정보이며 법률 상담이 아닙니다. 법은 바뀔 수 있습니다. 마지막 확인: {date}.",
        "text": "문자 {value}",
        "web": "{value} 열기",
        "chat-at": "채팅: {value}",
        "app": "앱: {value}",
        "hours": "이용 시간: {hours}",
    },
}

_MONTHS = {
    "en": "January,February,March,April,May,June,July,August,September,October,November,December",
    "fr": "janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre",
}


def day_in_words(day: date, locale: str) -> str:
    """The date as a sentence holds it: "November 22, 2026", "22 novembre 2026", "2026년 11월 22일"."""
    if locale == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일"
    month = _MONTHS["fr" if locale == "fr" else "en"].split(",")[day.month - 1]
    if locale == "fr":
        return f"{'1er' if day.day == 1 else day.day} {month} {day.year}"
    return f"{month} {day.day}, {day.year}"


# Where things are on the site. A lesson's address is its number: a slug would tell others what a student reads.


def lesson_address(number: int, locale: str) -> str:
    return f"/{locale}/lessons/{number}"


def guide_address(slug: str, locale: str) -> str:
    return f"/{locale}/guides/{slug}"


def plan_address(slug: str, locale: str) -> str:
    return f"/{locale}/plans/{slug}"


def help_address(locale: str) -> str:
    return f"/{locale}/help"


def sources_address(locale: str, fact_id: str = "") -> str:
    return f"/{locale}/sources" + (f"#{fact_id}" if fact_id else "")


def media_address(number: int, name: str) -> str:
    return f"/media/{number}/{name}"


def _text(texts: Mapping[str, str], locale: str) -> str:
    """Plain text by language, typeset and escaped; in another language, marked as such, when this one has none."""
    if locale in texts:
        return escape(typeset(texts[locale], locale), quote=False)
    other = next((code for code in ("en", "fr", "ko") if code in texts), None)
    if other is None:
        return ""
    return f'<span lang="{HTML_LANG[other]}">{escape(typeset(texts[other], other), quote=False)}</span>'


def cite_label(fact: Fact, locale: str) -> str:
    """Who says so, where and when: "Cyberaide, Canada, 2024"; plain text."""
    parts = (in_locale(fact.label, locale), in_locale(fact.place, locale), str(fact.year) if fact.year else "")
    return typeset(", ".join(part for part in parts if part), locale)


def cite_html(fact: Fact, locale: str) -> str:
    """The small source mark."""
    label = escape(cite_label(fact, locale), quote=False)
    return f'<a class="cite" href="{sources_address(locale, fact.id)}">({label})</a>'


def fact_html(fact: Fact, locale: str) -> str:
    """The fact's own sentence with its source."""
    return f'<p class="fact" data-say="">{_text(fact.text, locale)} {cite_html(fact, locale)}</p>'


def laws_html(facts: Iterable[Fact], locale: str) -> str:
    """Laws by country, the reader's likely one first and open, each with its source, then the oldest check."""
    by_country: dict[str, list[Fact]] = {}
    for fact in facts:
        by_country.setdefault(fact.country, []).append(fact)
    if not by_country:
        return ""
    words = WORDS[locale]
    parts: list[str] = []
    for country in _in_order(by_country, locale):
        laws = "".join(f"<p>{_text(f.text, locale)} {cite_html(f, locale)}</p>" for f in by_country[country])
        opened = "" if parts else ' open=""'
        parts.append(f'<details class="law"{opened}><summary>{words[country]}</summary><div>{laws}</div></details>')
    checked = min(fact.verified_on for laws_of_country in by_country.values() for fact in laws_of_country)
    line = typeset(words["laws"].format(date=day_in_words(checked, locale)), locale)
    return f'<div class="laws">{"".join(parts)}<p class="law-note">{line}</p></div>'


def help_html(services: Sequence[Service], locale: str, near: str = "") -> str:
    """Where to turn, by country, the reader's likely one first and open; for lessons and the page's help panel.

    `near` is the country the reader is known to be in, whatever language is read; empty where nobody knows."""
    return _by_country(services, _service_html, locale, near)


def doors_html(services: Iterable[Service], locale: str) -> str:
    """Services as entries of a list, each with what it does with a name; `data-naming` says the same in one of NAMING's words."""
    return "".join(_service_html(s, locale, privacy=True) for s in services)


def privacy_html(services: Iterable[Service], locale: str, near: str = "") -> str:
    """What each service does with a name, by country in the order of `help_html`; of those that say so."""
    return _by_country([s for s in services if s.privacy], _privacy_of, locale, near)


def service_name(service: Service, locale: str) -> str:
    """What a reader of this language calls it; plain text."""
    return typeset(in_locale(service.name, locale) or "", locale)


def _by_country(services: Iterable[Service], shown: Callable[[Service, str], str], locale: str, near: str) -> str:
    by_country: dict[str, list[Service]] = {}
    for service in services:
        by_country.setdefault(service.country, []).append(service)
    parts: list[str] = []
    for country in _in_order(by_country, locale, near):
        entries = "".join(shown(s, locale) for s in sorted(by_country[country], key=lambda s: (s.order, s.id)))
        opened = "" if parts else ' open=""'
        parts.append(
            f'<details class="helpland"{opened}><summary>{WORDS[locale][country]}</summary><ul class="services">{entries}</ul></details>'
        )
    return f'<div class="helpbox">{"".join(parts)}</div>'


def _in_order(countries: Iterable[str], locale: str, near: str = "") -> list[str]:
    first = ("CA", "QC") if near == "CA" else (near,)  # what is Quebec's is near all of Canada
    order = [*first, *(c for c in HELP_ORDER[locale] if c not in first)]
    return sorted((c for c in countries if c in order), key=order.index)


def _service_html(service: Service, locale: str, privacy: bool = False) -> str:
    own_first = sorted(service.contacts, key=lambda contact: bool(contact.languages) and locale not in contact.languages)
    contacts = "".join(f"<li>{_contact_html(contact, service, locale)}</li>" for contact in own_first)
    hours = _text(service.hours, locale)
    parts = [
        f'<b class="service-name">{_text(service.name, locale)}</b>',
        f'<p class="service-for">{_text(service.purpose, locale)}</p>',
        f'<ul class="contacts">{contacts}</ul>' if contacts else "",
        f'<p class="service-hours">{typeset_html(WORDS[locale]["hours"].format(hours=hours), locale)}</p>' if hours else "",
    ]
    if not privacy:
        return f"<li>{''.join(parts)}</li>"
    said = f'<p class="service-privacy">{_text(service.privacy, locale)}</p>' if service.privacy else ""
    return f'<li data-naming="{service.naming}">{"".join(parts)}{said}</li>'


def _privacy_of(service: Service, locale: str) -> str:
    name, privacy = _text(service.name, locale), _text(service.privacy, locale)
    return f'<li><b class="service-name">{name}</b><p class="service-for">{privacy}</p></li>'


def _contact_html(contact: Contact, service: Service, locale: str) -> str:
    words = WORDS[locale]
    value = contact.value
    if contact.kind in ("web", "chat"):
        # The bare host reads better than an address; the link itself keeps all of it.
        value = value.removeprefix("https://").removeprefix("www.").rstrip("/")
    patterns = {
        "phone": "{value}",
        "text": words["text"],
        "web": words["web"],
        "chat": words["chat-at"],
        "app": words["app"],
    }
    label = escape(typeset(patterns.get(contact.kind, "{value}").format(value=value), locale), quote=False)
    if contact.href:
        rel = ' rel="noreferrer nofollow"'
        label = f'<a class="contact contact-{contact.kind}" href="{escape(contact.href)}"{rel}>{label}</a>'
    languages = contact.languages or ()
    if languages and locale not in languages and set(languages) != set(service.languages):
        label += f' <span class="contact-languages">({", ".join(_language_names(languages, locale))})</span>'
    note = _text(contact.note, locale)
    return f'{label} <span class="contact-note">{note}</span>' if note else label


def _language_names(languages: Iterable[str], locale: str) -> list[str]:
    names = {
        "en": {"en": "English", "fr": "French", "ko": "Korean"},
        "fr": {"en": "anglais", "fr": "français", "ko": "coréen"},
        "ko": {"en": "영어", "fr": "프랑스어", "ko": "한국어"},
    }
    return [names[locale][code] for code in languages if code in names[locale]]
