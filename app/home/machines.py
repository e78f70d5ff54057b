"""For search engines: which pages there are in which languages, and which are nobody's business. For finders of holes: whom to tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import current_app, render_template, request, url_for

from app.core import clock
from app.core.library import library
from app.curriculum.locales import LOCALES

Page = Any
KEPT = "public, max-age=86400"  # seconds: a day
# Public pages that are not the same for everybody and still are documents; one that looks like school work, and twins of lessons.
ALSO, NOT = (
    ("get_help.directory",),
    (
        *("home.tables", "practice.paper"),
        *("offline.index", "offline.lesson", "offline.practice", "offline.questions", "offline.waits"),
    ),
)
NOT_FOR_SEARCH = (
    """/*/search /*/join /*/sign-in /*/accounts/ /*/quizzes/ /*/boosters/ /*/offline/ /*/settings /*/leave /*/guides/family/ /f/"""
)


def documents() -> Iterator[dict[str, str]]:
    """Every public page: its address by language. Found from the app's own map of addresses, so that a new one is not forgotten."""
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda r: r.rule):
        view = current_app.view_functions[rule.endpoint]
        listed = getattr(view, "same_for_everybody", False) or rule.endpoint in ALSO
        if not listed or rule.endpoint in NOT or "GET" not in (rule.methods or ()) or "locale" not in rule.arguments:
            continue
        gaps = rule.arguments - {"locale"}
        every: list[dict[str, Any]] = [{}] if not gaps else [{"number": x.number, "slug": x.slug} for x in library().lessons]
        if "nth" in gaps:
            every = [{"number": x.number, "nth": activity.number} for x in library().lessons for activity in x.practice]
        for values in every:
            own: dict[str, Any] = {name: values[name] for name in gaps}
            yield {code: url_for(rule.endpoint, locale=code, **own) for code in LOCALES}


def base() -> str:
    """Whole addresses are asked for here, so without BALISE_URL the request's own has to do."""
    return current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")


def sitemap() -> Page:
    """`/sitemap.xml`"""
    response = current_app.make_response(render_template("home/sitemap.xml", base=base(), documents=list(documents())))
    response.mimetype = "application/xml"
    response.headers["Cache-Control"] = KEPT
    return response


def robots() -> Page:
    """`/robots.txt`"""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_SEARCH.split())]
    if address := current_app.config["PUBLIC_URL"]:  # a made-up Host would be kept with the file
        lines += ["", f"Sitemap: {address}/sitemap.xml"]
    response = current_app.response_class("\n".join(lines) + "\n", mimetype="text/plain")
    response.headers["Cache-Control"] = KEPT
    return response


HOLDS = timedelta(300)  # a year at most, says RFC 9116; the site says it anew each day


def security() -> Page:
    """`/.well-known/security.txt` (RFC 9116): where to report a hole privately. Registered only where the operator has named an address."""
    expires = f"{(clock.today() + HOLDS).isoformat()}T00:00:00Z"
    lines = [f"Contact: {current_app.config['SECURITY_CONTACT']}", f"Expires: {expires}", f"Preferred-Languages: {', '.join(LOCALES)}"]
    if address := current_app.config["PUBLIC_URL"]:
        lines.append(f"Canonical: {address}/.well-known/security.txt")
    response = current_app.response_class("\n".join(lines) + "\n", mimetype="text/plain")
    response.headers["Cache-Control"] = KEPT
    return response
