"""A parent reads a guide, and the family page behind the short address on paper. No account, no cookie."""

from __future__ import annotations

import re

import pytest
from browser.driving import EVERYWHERE, heading, path_of

OTHER = {"en": "ko", "fr": "en", "ko": "fr"}


@pytest.mark.parametrize(("locale", "width"), EVERYWHERE)
def test_a_parent_reads_a_guide_and_the_family_page(browse, site, seats, locale, width):
    with browse(locale, width) as page:
        page.goto("/")  # the browser's own language
        assert path_of(page) == f"/{locale}/"
        page.locator(f'main a[href="/{locale}/guides/"]').first.click()
        page.locator(f'main a[href^="/{locale}/guides/"]').first.click()
        page.wait_for_url(re.compile(rf"/{locale}/guides/[a-z-]+$"))
        assert page.locator("main section h2").count() >= 3
        page.locator(f"header nav a[hreflang={OTHER[locale]}]").click()
        assert re.fullmatch(rf"/{OTHER[locale]}/guides/[a-z-]+", path_of(page))

        page.goto(f"/f/{seats['family_code']}")
        assert path_of(page) == f"/{locale}/guides/family/{seats['family_code']}"
        assert heading(page)
        page.locator(f"header nav a[hreflang={OTHER[locale]}]").click()
        assert path_of(page) == f"/{OTHER[locale]}/guides/family/{seats['family_code']}"
        assert not page.context.cookies()
