"""Photographs of every page for people to look at: three languages, phone and desk, light and some dark.

PYTHONPATH=tests .venv/bin/python -m browser.shoot FOLDER [part of a page's name]
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from browser.driving import LOCALES, WIDTHS, browsing, sign_in_student, sign_in_teacher, start_browser
from browser.pages import pages_for
from browser.serving import Site
from playwright.sync_api import sync_playwright

DARK = "en"  # the language that is photographed in the dark too


def shoot(folder: Path, wanted: str = "") -> int:
    folder.mkdir(parents=True, exist_ok=True)
    site = Site(Path(tempfile.mkdtemp(prefix="balise-shoot-")))
    taken = 0
    try:
        with sync_playwright() as playwright:
            browser = start_browser(playwright)
            seats = site.seats()
            states = {"visitor": None}
            with browsing(browser, site) as page:
                sign_in_teacher(page, "en", site.demo_teacher())
                states["teacher"] = page.context.storage_state()
            with browsing(browser, site) as page:
                sign_in_teacher(page, "en", site.demo_board())
                states["board"] = page.context.storage_state()
            with browsing(browser, site) as page:
                sign_in_student(page, "fr", seats["code"], seats["name"], seats["words"])
                states["student"] = page.context.storage_state()
            for who, state in states.items():
                for locale in LOCALES:
                    context = browser.new_context(base_url=site.url, reduced_motion="reduce", storage_state=state)
                    page = context.new_page()
                    for kind in pages_for(who, locale, site, seats, own=True):
                        if wanted not in kind.name:
                            continue
                        name = re.sub(r"[^a-z0-9]+", "-", kind.name.lower())
                        try:
                            kind.open(page)
                        except Exception as error:
                            print(f"{who} {locale} {kind.name}: {str(error).splitlines()[0]}", file=sys.stderr)
                            continue
                        for width in WIDTHS:
                            page.set_viewport_size({"width": width, "height": 844 if width < 500 else 800})
                            for theme in ("light", "dark") if locale == DARK else ("light",):
                                page.emulate_media(color_scheme=theme)
                                page.screenshot(
                                    path=folder / f"{who}-{name}-{locale}-{width}-{theme}.jpg", type="jpeg", quality=70, full_page=True
                                )
                                taken += 1
                        page.emulate_media(color_scheme="light")
                    context.close()
            browser.close()
    finally:
        site.stop()
    return taken


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print(f"{shoot(Path(sys.argv[1]), *sys.argv[2:3])} photographs in {sys.argv[1]}")
