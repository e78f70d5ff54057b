"""axe over every page: each language, phone and desk, light and dark; for a visitor, a student and a teacher."""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from browser.driving import LOCALES, WIDTHS
from browser.pages import pages_for

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
# All that the dark theme can change: its style sheet has colours only.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
RUN = """(runOnly) => axe.run({ runOnly, resultTypes: ["violations"] })
  .then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target.join(" ") + ": " + n.failureSummary.split("\\n")[1])))"""


def violations(page) -> list[str]:
    """What axe finds on this page at both widths, in the light and in the dark."""
    page.evaluate(AXE_SCRIPT)
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844 if width < 500 else 800})
        for theme, rules in (("light", RULES), ("dark", COLOURS)):
            page.emulate_media(color_scheme=theme)
            found += [f"{width} {theme}: {v}" for v in page.evaluate(RUN, rules)]
    page.emulate_media(color_scheme="light")
    return found


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("who", ["visitor", "student", "teacher"])
def test_axe_finds_nothing_on_any_page(browse, site, seats, state_of, who, locale):
    found = []
    with browse(locale, 390, storage_state=state_of(who)) as page:
        for kind in pages_for(who, locale, site, seats):
            kind.open(page)
            found += [f"{kind.name}: {v}" for v in violations(page)]
    assert not found, "\n".join(found)
